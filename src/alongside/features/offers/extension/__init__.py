"""More days, a later end, another beginning."""
