"""Invitations from a file: read, checked row by row, previewed, confirmed and sent together."""
