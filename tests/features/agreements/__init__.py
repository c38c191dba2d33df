"""Proposals, agreements, the diary, reviews and changes: by their acts, on real PostgreSQL."""
