"""A new authority from nothing by the commands of README.md, each in a process of its own, timed."""
