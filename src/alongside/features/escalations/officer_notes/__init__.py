"""Officers' notes: notes of the core team that the school never sees."""
