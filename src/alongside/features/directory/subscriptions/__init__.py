"""Subscriptions to a theme or a school, and saved searches."""
