"""Authorisation: one table of permissions, and checks on it in Python and SQL."""
