"""What the checks must be able to catch, room by room."""
