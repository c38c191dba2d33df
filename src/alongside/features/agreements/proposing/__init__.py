"""Proposing an offer for a need."""
