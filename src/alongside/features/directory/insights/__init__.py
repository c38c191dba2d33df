"""How the directory is: what it lacks, what grows old, and what has come of what."""
