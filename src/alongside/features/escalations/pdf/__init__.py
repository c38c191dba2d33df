"""The escalation file on paper: all of an escalation that somebody may read, paged, as PDF."""
