"""Acting on several agreements at once: remind the schools that have not signed, export."""
