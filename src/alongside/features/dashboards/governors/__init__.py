"""The home page of chairs of governors, and of officers of trusts and dioceses."""
