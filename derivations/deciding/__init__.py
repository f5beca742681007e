"""How a step is decided: at points, then exactly (decide.py says in which order)."""
