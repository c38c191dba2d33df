"""An entry on paper, to read on the way or to lay before a meeting."""
