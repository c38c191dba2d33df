"""Limits on expensive work that runs or waits at once, for a process, an authority and a person."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from alongside.errors import ServiceUnavailable, TooManyRequests

PERSON_FULL = "You have sent several files or started several calculations already. Wait for them to finish."
AUTHORITY_FULL = "Other people in your authority are using this at the moment. Wait a minute, then try again."

MOST_REMEMBERED = 1_000
"""Sessions that are remembered as refused."""


@dataclass(eq=False)
class _Ticket:
    authority_id: int
    person_id: UUID | None
    called: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Quotas:
    """Starts work in the order of arrival, and keeps one slot free for another authority.

    At most `running` tasks run at once, of which `of_authority` belong to one authority; at most `waiting` more wait,
    of which `waiting_of_authority` belong to one authority, for `patience` seconds. One person has at most `of_person`
    tasks, running or waiting; work that failed counts for `after_failure` seconds. All numbers are for one web process.
    """

    running: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    of_authority: int | None = None
    of_person: int = 2
    waiting: int = 32
    waiting_of_authority: int = 8
    patience: float = 10.0
    after_failure: float = 10.0

    def __post_init__(self) -> None:
        if self.of_authority is None:
            self.of_authority = max(1, self.running - 1)
        self._at_work: Counter[int] = Counter()
        self._persons: Counter[tuple[int, UUID]] = Counter()
        self._queue: list[_Ticket] = []
        self._refused: dict[str, tuple[int, UUID]] = {}

    @asynccontextmanager
    async def slot(self, authority_id: int, person_id: UUID | None = None) -> AsyncIterator[None]:
        """Wait for a slot and hold it.

        Raises TooManyRequests when the person or the authority has too many tasks here, and ServiceUnavailable when the
        process has, or when no slot became free in time.
        """
        self.refuse_too_many(authority_id, person_id)
        ticket = _Ticket(authority_id, person_id)
        if person_id is not None:
            self._persons[authority_id, person_id] += 1
        try:
            await self._wait(ticket)
            try:
                yield
            finally:
                self._at_work[authority_id] -= 1
                self._admit()
        finally:
            if person_id is not None:
                self._end_of_person(authority_id, person_id)

    def hold_back(self, authority_id: int, person_id: UUID | None) -> None:
        """Count failed work of a person as running for a while: it costs a child process, and fails again."""
        if person_id is None:
            return
        self._persons[authority_id, person_id] += 1
        asyncio.get_running_loop().call_later(
            self.after_failure, self._end_of_person, authority_id, person_id
        )

    def _end_of_person(self, authority_id: int, person_id: UUID) -> None:
        self._persons[authority_id, person_id] -= 1
        self._persons += Counter()  # remove the persons whose count is zero

    def running_now(self) -> int:
        """Return how many tasks run."""
        return sum(self._at_work.values())

    def waiting_now(self) -> int:
        """Return how many tasks wait for a slot."""
        return len(self._queue)

    def refuse_too_many(self, authority_id: int, person_id: UUID | None, token: str | None = None) -> None:
        """Raise what `slot` would raise now, so that nothing need be read of a request that is refused anyway.

        `token` is the session's, for `refuse_again`.
        """
        try:
            self._refuse(authority_id, person_id)
        except TooManyRequests:
            if token is not None and person_id is not None:
                if len(self._refused) >= MOST_REMEMBERED:
                    self._refused.clear()
                self._refused[token] = authority_id, person_id
            raise

    def refuse_again(self, token: str | None) -> None:
        """Refuse a session as before while nothing has changed, without looking up whose it is."""
        known = self._refused.pop(token or "", None)
        if known is not None:
            self.refuse_too_many(*known, token)

    def _refuse(self, authority_id: int, person_id: UUID | None) -> None:
        theirs = 0 if person_id is None else self._persons.get((authority_id, person_id), 0)
        if theirs >= self.of_person:
            raise TooManyRequests(PERSON_FULL)
        if sum(one.authority_id == authority_id for one in self._queue) >= self.waiting_of_authority:
            raise TooManyRequests(AUTHORITY_FULL)
        if len(self._queue) >= self.waiting:
            raise ServiceUnavailable

    async def _wait(self, ticket: _Ticket) -> None:
        self._queue.append(ticket)
        self._admit()
        try:
            async with asyncio.timeout(self.patience):
                await ticket.called.wait()
        except BaseException as problem:
            if ticket.called.is_set():  # admitted at the moment when the waiting timed out
                self._at_work[ticket.authority_id] -= 1
                self._admit()
            else:
                self._queue.remove(ticket)
            if isinstance(problem, TimeoutError):
                raise ServiceUnavailable from problem
            raise

    def _admit(self) -> None:
        """Give the free slots to the first waiting tasks whose authority may run one more."""
        assert self.of_authority is not None
        for ticket in list(self._queue):
            if self.running_now() >= self.running:
                return
            if self._at_work[ticket.authority_id] < self.of_authority:
                self._queue.remove(ticket)
                self._at_work[ticket.authority_id] += 1
                ticket.called.set()
