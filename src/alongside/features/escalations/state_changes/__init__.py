"""State changes of an escalation, from acknowledging it to returning the school."""
