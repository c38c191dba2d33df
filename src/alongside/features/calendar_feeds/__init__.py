"""Calendar feeds: a person's visits, deadlines and events for their own calendar program, by a secret link."""
