"""Support categories: the yearly decision on how much support a school receives, which is not a grade."""
