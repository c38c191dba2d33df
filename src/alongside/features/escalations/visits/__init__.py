"""Visits to a school in an escalation, and what was found."""
