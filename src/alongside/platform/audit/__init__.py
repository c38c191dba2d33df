"""The audit log: who did what and when, append-only, with one hash chain for each authority."""
