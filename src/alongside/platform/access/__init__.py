"""Who may do what: one table of law, and the two ways it is asked."""
