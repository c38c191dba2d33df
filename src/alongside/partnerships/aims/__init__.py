"""The aims of a partnership: written and changed while it is prepared, before both heads sign."""
