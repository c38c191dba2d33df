"""People, the roles that they hold, how they come in, and how they are known again."""
