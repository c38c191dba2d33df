"""The statutory ladder of a maintained school, and the authority's power to overrule heads: recorded, never sent."""
