"""Following a theme or a school, and keeping a search: what somebody wants to hear of or find again."""
