"""Consultations: the core team asks schools questions, each school answers once, and the result leads to a decision."""
