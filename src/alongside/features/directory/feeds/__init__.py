"""Feeds of the public entries as Atom and JSON, made from the public table, which holds no personal data."""
