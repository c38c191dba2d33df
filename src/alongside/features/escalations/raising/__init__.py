"""Raising an escalation: what was tried, what is wanted, and what the product would suggest."""
