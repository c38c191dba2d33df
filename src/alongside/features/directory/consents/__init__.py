"""Consent of both schools to the text of an entry about their agreement."""
