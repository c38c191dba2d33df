"""Late work: scheduled jobs, and the lease queue of work that must be done soon."""
