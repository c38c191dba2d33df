"""Replacement after a decline: other partners at once, and a request to a person after several declines."""
