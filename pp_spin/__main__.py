"""``python -m pp_spin``: the command line where its script is not on the path."""

from pp_spin.cli import main

if __name__ == "__main__":
    main()
