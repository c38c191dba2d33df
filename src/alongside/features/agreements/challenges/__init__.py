"""Challenging a match that a lead made on behalf of the schools."""
