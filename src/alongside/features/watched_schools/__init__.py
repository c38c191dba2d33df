"""Watched schools: a person is told once a day when something they may see changes at a school they watch."""
