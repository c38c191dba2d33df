"""Mending: after a decline somebody else at once, moving one other pair at most, and a person after several."""
