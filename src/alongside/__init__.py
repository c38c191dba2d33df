"""Schools help schools: needs, offers, and the support that they agree on."""
