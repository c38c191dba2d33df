"""Withdrawing and reopening a need."""
