"""Reminders to come: rows that are armed in the transaction of an act, and take effect once."""
