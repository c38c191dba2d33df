"""The help page of each role."""
