"""Page size tests in a large authority: 519 schools over 100 kilometres, with data in every feature."""
