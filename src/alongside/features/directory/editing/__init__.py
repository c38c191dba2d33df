"""Writing and editing an entry, sending it for checking, archiving and restoring it."""
