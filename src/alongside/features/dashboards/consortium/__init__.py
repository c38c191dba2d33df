"""The desk of consortium leads and of the core team: how is each member school, and what waits."""
