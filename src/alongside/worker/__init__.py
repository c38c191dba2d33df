"""The worker: letters and clocks, after the act that causes them and outside of any request."""

from alongside.worker.rounds import main

__all__ = ["main"]
