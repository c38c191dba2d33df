"""Signing an agreement."""
