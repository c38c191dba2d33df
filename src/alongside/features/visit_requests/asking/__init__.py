"""Asking a school for a visit, choosing one of the dates that it offers, and withdrawing the request."""
