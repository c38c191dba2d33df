"""Exclusions: schools that another school does not want to be matched with, visible to the core team only."""
