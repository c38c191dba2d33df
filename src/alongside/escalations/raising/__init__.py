"""Raising a case: what was tried, what is wanted, and what the product would suggest."""
