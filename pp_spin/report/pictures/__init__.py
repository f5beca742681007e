"""The report's pictures, a file each: the run's numbers as a drawing with words beside it."""
