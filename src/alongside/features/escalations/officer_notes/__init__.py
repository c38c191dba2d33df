"""Officers' notes: what the core team writes for itself, never for the school."""
