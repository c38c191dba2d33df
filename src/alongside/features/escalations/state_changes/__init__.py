"""Handling an escalation: from acknowledging it to handing the school back, each act with who, why and when."""
