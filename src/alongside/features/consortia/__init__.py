"""Consortia: groups of schools of one phase that support each other."""
