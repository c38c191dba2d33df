"""Escalations: a consortium says that it cannot challenge, and somebody answers for it."""
