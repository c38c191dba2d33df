"""Structured logs: who, where, how long and the result; never what people wrote.

The message of an error is not logged, because PostgreSQL quotes the row in it and libraries quote their input. The log
has the class of the error, PostgreSQL's code and constraint, and the places in our code.
"""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from alongside.settings import Settings

MAX_MATCHES = 30
LONGEST = 500


def start_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Write one line for each event to `stream` (standard error): JSON for machines, plain text for a terminal."""
    out = stream or sys.stderr
    render = as_json if settings.log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        kind_of_error,
        on_one_line,
        render,
    ]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, *shared],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=stream is None,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(OfLibraries(shared))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)


class OfLibraries(logging.Formatter):
    """Formats log lines of libraries without their arguments, which may contain what people wrote."""

    def __init__(self, processors: list[Processor]) -> None:
        super().__init__()
        self.processors = processors

    def format(self, record: logging.LogRecord) -> str:
        """Format one line, like our own."""
        words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        event: EventDict = {"event": words, "level": record.levelname.lower(), "logger": record.name}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        for process in self.processors:
            done = process(None, record.levelname.lower(), event)
            if not isinstance(done, MutableMapping):
                return str(done)
            event = done
        return str(event)


def kind_of_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class and traceback lines, without messages, and the same for its causes."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    problem = given[1] if isinstance(given, tuple) else given
    if isinstance(problem, BaseException):
        event["errors"] = [_described(one) for one in _chain(problem)]
    return event


def _chain(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = problem
    while one is not None and one not in found and len(found) < 6:
        found.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _described(problem: BaseException) -> dict[str, object]:
    places = traceback.extract_tb(problem.__traceback__)[-MAX_MATCHES:]
    fields: dict[str, object] = {"kind": f"{type(problem).__module__}.{type(problem).__qualname__}"}
    for name in ("sqlstate", "constraint_name", "table_name", "code", "errno"):
        value = getattr(problem, name, None)
        if isinstance(value, str | int):
            fields[name] = value
    fields["places"] = [
        f"{place.filename.rpartition('/src/')[2]}:{place.lineno} {place.name}" for place in places
    ]
    return fields


def on_one_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Escape control characters, so that no value can start a new line or send codes to a terminal."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = written_out(value)[:LONGEST]
    return event


def written_out(text: str) -> str:
    """Return text with every unprintable character written as its code."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def as_json(_logger: object, _method: str, event: EventDict) -> str:
    """Return the event as one line of JSON, in ASCII."""
    return json.dumps(event, default=str, separators=(",", ":"))
