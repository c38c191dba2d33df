"""Visits to a school in a case, and what was found."""
