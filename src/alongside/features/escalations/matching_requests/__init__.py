"""Asking matching, across the whole authority, for the school of an escalation; and what came of it."""
