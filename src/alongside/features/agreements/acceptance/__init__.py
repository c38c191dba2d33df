"""Accepting a proposal, and releasing its leader, which creates the agreement."""
