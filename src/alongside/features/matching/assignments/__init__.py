"""Assignments: the explanation of each match, and the pins and forbids that leads set."""
