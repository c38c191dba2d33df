"""The worker: sends emails and runs scheduled jobs, outside of requests."""

from alongside.worker.main import main

__all__ = ["main"]
