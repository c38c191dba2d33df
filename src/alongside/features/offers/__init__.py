"""Offers of support: what schools can give, for how many days, and whether the offer is current."""
