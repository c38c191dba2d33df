"""The agreement that two schools' acceptance creates."""
