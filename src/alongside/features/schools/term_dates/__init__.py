"""A school's own terms and training days: when they differ from the authority's, its deadlines follow its own."""
