"""Extending an offer by days or time, and reopening an ended one."""
