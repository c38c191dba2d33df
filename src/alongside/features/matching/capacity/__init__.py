"""Capacity of a plan: unmet need, scarce offers, the effect of more days, and the workload of each school."""
