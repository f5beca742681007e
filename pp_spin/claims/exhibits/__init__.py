"""What the report draws, as plain numbers: the data of each picture, made by the run itself."""
