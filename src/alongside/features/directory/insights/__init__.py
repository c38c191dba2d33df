"""Directory report: failed searches, entries that expire, gaps between need and practice, and results."""
