"""The aims of an agreement: written and changed while it is prepared, before both heads sign."""
