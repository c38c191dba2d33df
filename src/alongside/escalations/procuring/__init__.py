"""Asking matching, across the whole authority, for the school of a case; and what came of it."""
