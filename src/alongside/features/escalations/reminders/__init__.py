"""Reminders of deadlines: scheduled in the transaction of an action, and sent once."""
