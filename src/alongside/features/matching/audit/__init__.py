"""Plan records: read a past plan, replay it from its stored inputs, and compare it with another."""
