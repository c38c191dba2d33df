"""The case file on paper: all of a case that somebody may read, paged, as PDF."""
