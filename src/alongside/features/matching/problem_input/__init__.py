"""Everything that a plan follows from, read from the rooms below in a few statements."""
