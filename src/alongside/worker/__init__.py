"""The worker: sends emails and runs scheduled jobs, outside of requests."""
