"""Sets up a new authority with the commands of README.md, each timed in a separate process."""
