"""Finding entries: by words and jargon, misspelt or by their beginnings, and by meaning where that is installed."""
