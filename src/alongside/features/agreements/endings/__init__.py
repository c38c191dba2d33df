"""The ends of an agreement: early, by a challenge, or when both schools have reviewed it."""
