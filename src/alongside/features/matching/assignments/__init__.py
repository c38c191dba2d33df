"""Places: why a need has the partner that it has, and what a lead wants to be otherwise."""
