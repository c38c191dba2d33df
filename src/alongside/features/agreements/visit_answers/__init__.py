"""The second half of a visit's record: the other school's answer, its own words, and what is settled."""
