"""The escalation file: a paged PDF with everything in an escalation that the reader may see."""
