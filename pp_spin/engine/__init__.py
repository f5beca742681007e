"""Engines: many chains and draws of the one kernel."""
