"""Health of the directory: failed searches, entries that expire, gaps between need and practice, and results."""
