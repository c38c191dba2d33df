"""Exclusions: a school says with whom it would rather not be paired, and only the core team hears of it."""
