"""Escalations: a consortium reports that it cannot challenge a school effectively, and the core team responds."""
