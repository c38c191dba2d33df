"""What everybody may read without signing in: entries that their schools made public, from a table without people."""
