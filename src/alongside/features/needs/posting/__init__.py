"""Posting a need: the form, and what its buttons do."""
