"""Fitness: schools that the core team would not have support others just now."""
