"""Records: what is held and for how long, what may not go yet, and what is held about one person."""
