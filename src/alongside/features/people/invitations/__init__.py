"""Invitations: each lets one person take up one role, once, until it expires."""
