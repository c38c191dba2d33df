"""Search for entries by words, synonyms, prefixes and corrected spelling, and optionally by meaning."""
