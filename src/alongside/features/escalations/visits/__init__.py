"""Visits to the school of an escalation, and their findings."""
