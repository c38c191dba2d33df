"""Import of published tables: what would change, and the change itself."""
