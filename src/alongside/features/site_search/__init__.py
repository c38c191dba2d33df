"""Search over everything that a person may open: schools, people, needs, offers, agreements, escalations, entries."""
