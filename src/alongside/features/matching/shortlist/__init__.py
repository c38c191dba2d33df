"""The shortlist: who suits one need best, for the school that asks, without waiting for a plan."""
