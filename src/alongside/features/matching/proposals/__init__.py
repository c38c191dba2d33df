"""Sending a plan: its pairs become proposals, once, and both schools of each are asked."""
