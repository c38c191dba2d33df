"""The days of an offer: exhausted when none are left."""
