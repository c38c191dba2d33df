"""Sign-in by the authority's providers, by invitation and, in the demonstration, as a persona."""
