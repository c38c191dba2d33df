"""The signed versions of an agreement: kept when both heads have signed, shown and printed."""
