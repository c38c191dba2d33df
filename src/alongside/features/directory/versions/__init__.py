"""Versions of an entry's text, and the differences between any two of them."""
