"""Adoptions: which other schools use an entry, and whether it worked there."""
