"""Invitations: a way in for one person in one role, that works once and not for long."""
