"""Requests to match a need of an escalation's school across the whole authority, and their results."""
