"""The way in: by the authority's own providers, by an invitation, and in the demonstration as a persona."""
