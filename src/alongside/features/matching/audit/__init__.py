"""Records: a plan read years later, replayed from what it was made from, and held against another."""
