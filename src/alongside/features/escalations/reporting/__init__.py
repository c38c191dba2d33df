"""Learning from escalations: how many, why, how long, what came of them; small numbers are never shown."""
