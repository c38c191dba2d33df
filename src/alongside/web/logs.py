"""Logs: who, where, how long and what came of it; never what people wrote."""

import logging
import sys
from typing import Any

import structlog

from alongside.settings import Settings


def start_logs(settings: Settings) -> None:
    """Write one line an event: JSON for machines, or plain text in the demonstration.

    Tracebacks name files and lines but never the values of variables: those are what people wrote.
    """
    last: list[Any] = (
        [structlog.processors.dict_tracebacks, _without_values, structlog.processors.JSONRenderer()]
        if settings.log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for quiet in ("httpx", "httpx2", "sqlalchemy.engine"):
        logging.getLogger(quiet).setLevel(logging.WARNING)


def _without_values(logger: Any, name: str, event: Any) -> Any:
    """Take from a traceback the variables, and from the error its message: PostgreSQL's quotes the row."""
    for part in event.get("exception", ()) if isinstance(event.get("exception"), list) else ():
        part["exc_value"] = ""
        for frame in part.get("frames", ()):
            frame.pop("locals", None)
            frame.pop("line", None)
    return event
