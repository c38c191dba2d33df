"""Moderation: a peer checks an entry, then a lead or the core team verifies it; or it is returned with a reason."""
