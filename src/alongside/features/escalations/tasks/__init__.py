"""What is to be done in an escalation: agreed actions with owner and date, and the criteria by which it ends."""
