"""Exact references, a third party: float64 NumPy and SciPy, no JAX, none of the code they judge."""
