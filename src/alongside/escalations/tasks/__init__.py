"""What is to be done in a case: agreed actions with owner and date, and the criteria by which it ends."""
