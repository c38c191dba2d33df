"""The public directory, without sign-in: entries that schools made public, from a table without personal data."""
