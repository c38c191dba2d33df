"""Taking a need back, and asking it again."""
