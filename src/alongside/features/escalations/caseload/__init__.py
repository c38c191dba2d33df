"""The desk of the core team: what is whose, what is due, and who covers for whom."""
