"""Tasks of an escalation, with owner and due date, and the criteria for its end."""
