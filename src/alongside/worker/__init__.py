"""The worker: letters and clocks, after the act that causes them and outside of any request."""

from alongside.worker.main import main

__all__ = ["main"]
