"""Reads the inputs of a plan from the other features, in a fixed number of statements."""
