"""A user's own account: current role, sessions and email preference."""
