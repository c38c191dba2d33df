"""Suggested entries: pre-filled from a successful agreement, published only with the consent of both schools."""
