"""Mutation tests: removes one guard at a time, and each removal must make a test fail."""
