"""Pages of a large authority: 519 schools over 100 kilometres, busy in every feature."""
