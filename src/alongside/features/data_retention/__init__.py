"""Data retention: retention periods, legal holds and subject access requests."""
