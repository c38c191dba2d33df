"""Runs: asking for a plan, working it out, and reading every plan there was."""
