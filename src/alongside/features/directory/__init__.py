"""The directory of good practice: entries about what schools have tried and found to work."""
