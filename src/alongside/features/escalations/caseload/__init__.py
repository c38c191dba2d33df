"""Caseload of the core team: lists of escalations, hours committed, and leave cover."""
