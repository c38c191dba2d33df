"""Late work: scheduled jobs, and the lease queue of work that must be done soon."""

ROWS_PER_TRANSACTION = 200
"""Maximum rows that a scheduled job changes in one transaction; the worker calls again for the rest."""
