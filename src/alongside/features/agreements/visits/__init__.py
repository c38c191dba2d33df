"""The visits of an agreement."""
