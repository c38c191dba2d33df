"""Sending a plan: turns its pairs into proposals."""
