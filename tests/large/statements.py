"""Counts the statements of a page: those of SQLAlchemy and typed reads, without the one that finds the session."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event

from alongside.features.authorities import queries as authorities
from alongside.features.people.queries import SESSION_ROW
from alongside.platform.database import kept
from alongside.platform.database.reads import Read
from alongside.platform.database.session import Database

MOST, MOST_OF_A_LIST = 8, 3
"""Statements of any page, and of a page without an id in its path, which shows a list or a form."""

TRIED_ROLES = 8
"""Further statements before a person is told that nothing is there: their roles, and the page in three of them."""

EXCEPTIONS = {
    "/consortium": (
        19,
        "what leads must do is asked of each feature, escalations and categories set the requester, and the tracker"
        " counts them",
    ),
    "/consortium/tracker.csv": (
        6,
        "interests and the requester of categories, the list, and visits to schools",
    ),
    "/consortium/tracker.xlsx": (6, "as the CSV"),
    "/categories": (5, "interests and the requester, the years to choose from, the list, and what waits"),
    "/categories/differences": (4, "interests and the requester, the years to choose from, and the list"),
    "/categories/differences.csv": (4, "as the list"),
    "/categories/differences.pdf": (4, "as the list"),
    "/categories/distribution": (
        5,
        "interests and the requester, the years, the distribution and the movement",
    ),
    "/categories/distribution.csv": (4, "as the page, without the movement"),
    "/categories/list.csv": (4, "as the list"),
    "/categories/totals": (
        6,
        "the distribution and the movement of all schools, as the system, then interests and the requester",
    ),
    "/categories/movement.csv": (4, "as the page, without the distribution"),
    "/categories/from-profiles": (
        9,
        "the requester of profiles and that of categories, the years, the profiles, the schools of both phases",
    ),
    "/data-protection": (6, "the requester, the forecast, holds, and the choices of two forms"),
    "/directory/insights": (4, "four tables"),
    "/escalations": (
        5,
        "of a lead: interests, the requester, the list, and suggestions by each school's own days",
    ),
    "/escalations.csv": (5, "interests and requester, and the log of readings in a transaction of its own"),
    "/home": (
        12,
        "eight lists of different features; notices, escalations and categories each set the requester",
    ),
    "/governors": (6, "the requester; profiles and letters to sign; schools, first steps and notifications"),
    "/profiles/{profile_id}": (
        16,
        "support, past categories, labels and days free; who has read it; and this reading, in a transaction of its own",
    ),
    "/profiles/{profile_id}/profile.pdf": (10, "the profile with its parts; support and past categories"),
    "/profiles": (4, "of a lead: interests and the requester; the years with their states, and the list"),
    "/profiles/profiles.csv": (4, "the same for an export"),
    "/profiles/profiles.xlsx": (4, "the same for an export"),
    "/watched-schools": (4, "of a lead: interests and the requester of escalations"),
    "/needs/{need_id}/shortlist": (16, "the input of the match"),
    "/needs/{need_id}/shortlist/beyond": (16, "the input of the match"),
}
"""Pages that run more statements today, the most that they may run, and why."""


@dataclass
class Counter:
    """The number of statements since it was reset."""

    statements: int = 0

    def too_many(self, path: str, *, refused: bool = False) -> str | None:
        """Return a sentence if the page of this route ran more statements than it may.

        A page that is `refused` is tried for other roles of the person.
        """
        limit = MOST if "{" in path else MOST_OF_A_LIST
        limit = EXCEPTIONS[path][0] if path in EXCEPTIONS else limit
        limit += TRIED_ROLES if refused else 0
        return f"{path}: {self.statements} statements instead of {limit}" if self.statements > limit else None


@contextmanager
def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """Count every statement of this process on a database, with nothing kept between requests but settings."""
    counter = Counter()
    as_it_is = Read.arguments

    def counting(read: Read[Any], values: Mapping[str, Any]) -> list[Any]:
        counter.statements += read is not SESSION_ROW
        return as_it_is(read, values)

    def catch(*_: object) -> None:
        counter.statements += 1

    monkeypatch.setattr(Read, "arguments", counting)
    monkeypatch.setattr(kept, "FRESH_FOR", -1.0)
    monkeypatch.setattr(authorities, "FRESH_FOR", float("inf"))
    event.listen(database.engine.sync_engine, "before_cursor_execute", catch)
    try:
        yield counter
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", catch)
