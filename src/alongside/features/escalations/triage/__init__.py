"""Triage by the core team: decision, plan, owner and merging."""
