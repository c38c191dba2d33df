"""Proposals of an offer for a need."""
