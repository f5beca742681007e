"""The tests mirror the source; ``oracle.py`` is the brute force that they are held against."""
