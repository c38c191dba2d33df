"""Limits the requests of each authority that run at once, so that none can take the processor from the others.

A request waits here before it uses a connection and the processor. Waiting for a browser, for another server or for the
process pool uses no turn. Within an authority each address has its own queue, and they are served in turn. When too
many wait, the newest request of the longest of these queues is refused.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from alongside.errors import TooManyWaiting

NOT_YET = float("-inf")
Ticket = asyncio.Future[None]


def network_of(address: str) -> str:
    """Return whose queue an address uses: its own, or for IPv6 that of its /64, which one customer has whole."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return known.packed[:8].hex()


@dataclass
class _Line:
    """The requests of one authority; `debt` is the seconds that they ran lately, above their share."""

    present: int = 0
    running: int = 0
    debt: float = 0.0
    counted_at: float = NOT_YET
    seen_at: float = NOT_YET
    started_at: float = NOT_YET
    average: float = 0.005
    admitted: deque[Ticket] = field(default_factory=deque)
    waiting: OrderedDict[str, deque[Ticket]] = field(default_factory=OrderedDict)
    timer: asyncio.TimerHandle | None = None

    def length(self) -> int:
        """Return how many wait."""
        return len(self.admitted) + sum(map(len, self.waiting.values()))

    def next(self) -> Ticket:
        """Take the next request: one that had a turn before, or the first of the address whose turn it is."""
        if self.admitted:
            return self.admitted.popleft()
        address, queue = self.waiting.popitem(last=False)
        first = queue.popleft()
        if queue:
            self.waiting[address] = queue
        return first

    def longest(self) -> deque[Ticket]:
        """Return the longest queue of an address."""
        return max(self.waiting.values(), key=len, default=deque())

    def may_join(self, address: str) -> bool:
        """Return whether another address has a longer queue than this one would have."""
        return len(self.longest()) > len(self.waiting.get(address, ())) + 1

    def drop_newest(self) -> None:
        """Refuse the newest request of the longest queue."""
        ticket = self.longest().pop()
        if not ticket.done():
            ticket.set_exception(TooManyWaiting())

    def leave(self, address: str, ticket: Ticket) -> None:
        """Take out a request that has given up."""
        for queue in (self.admitted, self.waiting.get(address, deque())):
            if ticket in queue:
                queue.remove(ticket)
        if not self.waiting.get(address, True):
            del self.waiting[address]


@dataclass
class Turns:
    """Runs `at_once` requests of an authority and `in_all` of all authorities; the others wait, in one process.

    Above `sure` waiting requests of an authority, one that would wait longer than `expected` seconds is refused at
    once, or takes the place of the newest request of an address with a longer queue; so is one above `waiting`, a
    limit of memory. None waits longer than `patience` seconds. How long it would wait follows from the time that each
    of the last requests took of the process. With `in_all` below the size of the connection pool, a request that runs
    finds a free connection.

    An authority that sends many requests at the same time runs, after the first `burst` seconds, one at a time while
    another authority is present, and during at most `share` of the time while another one is active. A person who
    waits for each response is never slowed down by it. `clock` returns seconds.
    """

    at_once: int = 3
    in_all: int = 8
    waiting: int = 1_000
    sure: int = 64
    expected: float = 1.8
    patience: float = 10.0
    share: float = 0.25
    burst: float = 0.2
    clock: Callable[[], float] = time.monotonic
    _lines: dict[int, _Line] = field(default_factory=dict)

    PRESENT, ACTIVE = 5.0, 0.25
    """Seconds after its last request for which an authority counts as present, and as active."""

    MOST_COUNTED = 0.25
    """Seconds that one request counts at most, so that one slow page does not hold up its whole authority."""

    REMEMBERED, AT_MOST = 20, 4
    """Requests over which the time that one takes is averaged, and how many times the average one counts at most: a
    slow page must not have many others refused.
    """

    @asynccontextmanager
    async def turn(
        self, authority_id: int, address: str = "", *, admitted: bool = False
    ) -> AsyncIterator[None]:
        """Wait for a turn of an authority and hold it; `admitted` requests go first, because they had a turn before.

        Raises TooManyWaiting when too many wait already, or when the wait takes too long.
        """
        line = self._lines.setdefault(authority_id, _Line())
        line.seen_at = self.clock()
        alone = line.present <= 1 and line.running == 0
        if line.length() or not (alone or self._may_start(line)) or self._full():
            await self._wait(line, network_of(address), admitted=admitted)
        else:
            self._start(line)
        began = self.clock()
        try:
            yield
        finally:
            self._end(line, self.clock() - began)

    @contextmanager
    def present(self, authority_id: int) -> Iterator[None]:
        """Count a request of an authority from its arrival to its response, also while it waits for its body."""
        line = self._lines.setdefault(authority_id, _Line())
        line.present += 1
        try:
            yield
        finally:
            line.present -= 1

    def charge(self, authority_id: int, seconds: float) -> None:
        """Count seconds that the work of an authority took outside of a turn, such as reading a form."""
        line = self._lines.setdefault(authority_id, _Line())
        line.debt = self._debt(line) + min(seconds, self.MOST_COUNTED)

    def refuses(self, authority_id: int, address: str) -> bool:
        """Return whether a further request from an address to an authority would be refused."""
        line = self._lines.get(authority_id)
        return line is not None and self._is_full(line) and not line.may_join(network_of(address))

    def in_line(self, authority_id: int) -> int:
        """Return how many requests of an authority wait."""
        line = self._lines.get(authority_id)
        return line.length() if line else 0

    async def _wait(self, line: _Line, address: str, *, admitted: bool) -> None:
        if not admitted and self._is_full(line):
            if not line.may_join(address):
                raise TooManyWaiting
            line.drop_newest()
        ticket: Ticket = asyncio.get_running_loop().create_future()
        queue = line.admitted if admitted else line.waiting.setdefault(address, deque())
        queue.append(ticket)
        self._admit()
        try:
            async with asyncio.timeout(self.patience):
                await ticket
        except BaseException as problem:
            if ticket.done() and not ticket.cancelled() and ticket.exception() is None:
                line.running -= 1  # it was admitted at the moment when it gave up
                self._admit()
            else:
                line.leave(address, ticket)
            if isinstance(problem, TimeoutError):
                raise TooManyWaiting from problem
            raise

    def _is_full(self, line: _Line) -> bool:
        length = line.length()
        if length >= self.waiting:
            return True
        if length < self.sure:
            return False
        share = self.share if self._paced(line) else 1.0
        return length * line.average / share > self.expected

    def _full(self) -> bool:
        return sum(line.running for line in self._lines.values()) >= self.in_all

    def _may_start(self, line: _Line) -> bool:
        if line.running >= self.at_once or self._full():
            return False
        debt = self._debt(line)
        if debt <= self.burst / 2 or not self._others(line, self.PRESENT):
            return True
        return line.running == 0 and (debt <= self.burst or not self._others(line, self.ACTIVE))

    def _paced(self, line: _Line) -> bool:
        return self._debt(line) > self.burst / 2 and self._others(line, self.ACTIVE)

    def _others(self, line: _Line, seconds: float) -> bool:
        """Return whether another authority has requests, or had one within these seconds."""
        since = self.clock() - seconds
        return any(
            one is not line and (one.running > 0 or one.length() > 0 or one.seen_at > since)
            for one in self._lines.values()
        )

    def _debt(self, line: _Line) -> float:
        """Return the debt of an authority now; it shrinks by its share of the time."""
        now = self.clock()
        if line.debt:
            line.debt = max(0.0, line.debt - self.share * (now - line.counted_at))
        line.counted_at = now
        return line.debt

    def _start(self, line: _Line) -> None:
        line.running += 1
        line.started_at = self.clock()

    def _end(self, line: _Line, took: float) -> None:
        own = took / line.running  # those that ran beside it took the rest
        line.debt = self._debt(line) + min(own, self.MOST_COUNTED)
        line.running -= 1
        line.seen_at = self.clock()
        line.average += (min(own, self.AT_MOST * line.average) - line.average) / self.REMEMBERED
        self._admit()

    def _admit(self) -> None:
        """Start what may start: first of the authority that has waited longest since its last start."""
        for line in sorted(
            (one for one in self._lines.values() if one.length()), key=lambda one: one.started_at
        ):
            while line.length() and self._may_start(line):
                ticket = line.next()
                if not ticket.done():
                    self._start(line)
                    ticket.set_result(None)
            if line.length() and not line.running and not self._full():
                self._try_later(line)

    def _try_later(self, line: _Line) -> None:
        """Try again when the debt is small enough, because no request is running whose end would do it."""

        def again() -> None:
            line.timer = None
            self._admit()

        if line.timer is None:
            seconds = min(self.ACTIVE, max(0.001, (self._debt(line) - self.burst) / self.share))
            line.timer = asyncio.get_running_loop().call_later(seconds, again)
