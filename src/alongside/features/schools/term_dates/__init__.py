"""A school's own terms and training days, which replace the authority's for its deadlines."""
