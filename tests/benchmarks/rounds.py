"""Measures the pages in interleaved rounds, so that other load on the machine meets all of them equally."""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.benchmarks import processor
from tests.benchmarks.databases import BenchmarkServer, Data
from tests.benchmarks.pages import BOARD, PAGES, Page
from tests.benchmarks.peers import PEERS, Peer, row_texts, served_peer
from tests.benchmarks.results import Row, middle, spread
from tests.benchmarks.statements import (
    Asked,
    Cost,
    Recorded,
    Replay,
    program,
    script,
    statements_of,
)
from tests.benchmarks.web import Answer, Server, Used, app_on, measure, request, send, wait_for
from tests.personas import HEAD_OF_MILL

ANCHOR = Path(__file__).with_name("anchor.sql")
"""The four statements of the list of needs and offers of 27 November 2026, with which later versions are compared."""

WARM = 16
"""Requests before measuring: PostgreSQL plans the first five executions of a statement on each connection again."""

LEAST_ROUNDS = 3


@dataclass
class Series:
    """What was measured of one page, one value for each round."""

    page: Page
    answer: Answer
    statements: int
    replay: Replay | None
    note: str
    ours: list[Used] = field(default_factory=list)
    smaller: list[Used] = field(default_factory=list)
    replayed: list[Cost] = field(default_factory=list)

    def row(self) -> Row:
        """Its line of the table."""
        units = [one.total / one.unit for one in self.ours]
        shares = [cost.total / one.total for cost, one in zip(self.replayed, self.ours, strict=False)]
        growth = [one.total / less.total for one, less in zip(self.ours, self.smaller, strict=False)]
        return Row(
            name=self.page.name,
            web=middle([one.web for one in self.ours]) * 1000,
            database=middle([one.database for one in self.ours]) * 1000,
            pgbench=middle([one.total for one in self.replayed]) * 1000 if self.replayed else None,
            share=middle(shares) if shares else None,
            growth=middle(growth) if growth else None,
            statements=self.statements,
            size=len(self.answer.body) or None,
            units=middle(units),
            noise=spread(units),
            note=self.note,
        )


class Bench:
    """The running servers of one run: PostgreSQL, one web process on each database, and the peers."""

    def __init__(self, server: BenchmarkServer, *, quick: bool, peers: bool = True) -> None:
        """Describe it; `quick` leaves out some pages and rounds."""
        self.server, self.quick, self.with_peers = server, quick, peers
        self.requests = 12 if quick else 20
        self.data: dict[str, Data] = {}
        self.web: dict[str, Server] = {}
        self.peers: dict[str, Server] = {}
        self.memory_at_start: dict[str, float] = {}
        self.figures: dict[str, float | None] = {}
        self.stack = ExitStack()
        self.began = time.monotonic()

    @property
    def pages(self) -> Sequence[Page]:
        """The pages of this run."""
        return [page for page in PAGES if not (self.quick and page.only_in_full)]

    def __enter__(self) -> Self:
        """Start everything."""
        names = {name for page in self.pages for name in (page.database, page.smaller) if name}
        for name in sorted(names):
            self.data[name] = asyncio.run(self.server.data(name))
            self.web[name] = self.stack.enter_context(app_on(self.data[name].copy))
        for name, web in self.web.items():
            wait_for(web, request("/needs-and-offers", HEAD_OF_MILL))
            self.memory_at_start[name] = processor.memory(web.pid)
        for peer in PEERS if self.with_peers else ():
            self._start(peer)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the web processes."""
        self.stack.close()

    def _start(self, peer: Peer) -> None:
        try:
            server = self.stack.enter_context(served_peer(peer, self.data["country"].copy))
            theirs = wait_for(server, request(BOARD, HEAD_OF_MILL))
        except (RuntimeError, OSError) as problem:
            print(f"{peer.name}: not measured: {str(problem)[-300:]}", flush=True)
            return
        ours = send(self.web["country"], [request(BOARD, HEAD_OF_MILL)])[0]
        missing = row_texts(ours.body) != row_texts(theirs.body)
        if missing:
            raise AssertionError(f"{peer.name} shows other rows than we: {row_texts(theirs.body)[:2]}")
        self.peers[peer.name] = server

    def asked(self, page: Page, database: str, times: int) -> list[bytes]:
        """Requests for a page."""
        path = page.path_with(self.data[database].ids)
        return [request(path, page.who, page.form and page.form()) for _ in range(times)]

    def prepared(self) -> list[Series]:
        """The pages with their statements, warmed up."""
        caught: dict[str, Recorded] = {}
        for name, data in self.data.items():
            pages = [page for page in self.pages if page.database == name]
            asked = [Asked(page.who, page.path_with(data.ids), page.form) for page in pages]
            found = asyncio.run(statements_of(data.copy, asked)) if asked else []
            caught |= dict(zip((page.name for page in pages), found, strict=True))
        self._tell("statements recorded")
        return [self._prepared(page, caught[page.name]) for page in self.pages]

    def _prepared(self, page: Page, caught: Recorded) -> Series:
        for name in filter(None, (page.smaller, page.database)):
            answers = send(self.web[name], self.asked(page, name, WARM))
        replay, note = self._replay(self.data[page.database], script(caught.sent))
        self._tell(page.name)
        return Series(page, answers[-1], caught.number, replay, note)

    def _tell(self, what: str) -> None:
        """Show progress."""
        print(f"  {time.monotonic() - self.began:4.0f} s  {what}", file=sys.stderr, flush=True)

    def _replay(self, data: Data, text: str) -> tuple[Replay | None, str]:
        if program() is None:
            return None, "pgbench is not installed"
        try:
            return Replay(data.copy, text, self.server.postmaster), ""
        except RuntimeError as problem:
            return None, "pgbench: " + str(problem).partition("ERROR:")[2].strip().partition("\n")[0]

    def measured(self, rounds: int, seconds: float) -> list[Row]:
        """The rows of all pages; adds the comparisons of the list of needs and offers to the figures.

        Stops after `rounds`, or before the next one when these seconds are over, but not before the third.
        """
        series = self.prepared()
        board = series[0]
        anchor, why = self._replay(self.data["country"], ANCHOR.read_text())
        if anchor is None:
            print(f"anchor: not measured: {why}")
        anchored: list[Cost] = []
        peers: dict[str, list[Used]] = {name: [] for name in self.peers}
        for server in self.peers.values():
            send(server, [request(BOARD, HEAD_OF_MILL)] * WARM)
        for number in range(rounds):
            if number >= LEAST_ROUNDS and time.monotonic() - self.began > seconds:
                break
            self._tell(f"round {number + 1}")
            for one in series if number % 2 else reversed(series):
                self._round(one)
                if one is board:
                    for name, server in self.peers.items():
                        peers[name].append(self._used(server, [request(BOARD, HEAD_OF_MILL)] * self.requests))
                    if anchor is not None:
                        anchored.append(anchor.measure())
        self._compare(board, anchored, peers)
        return [one.row() for one in series]

    def _round(self, one: Series) -> None:
        page = one.page
        one.ours.append(self._used(self.web[page.database], self.asked(page, page.database, self.requests)))
        if one.replay is not None:
            one.replayed.append(one.replay.measure())
        if page.smaller:
            one.smaller.append(
                self._used(self.web[page.smaller], self.asked(page, page.smaller, self.requests))
            )

    def _used(self, server: Server, requests: list[bytes]) -> Used:
        return measure(server, self.server.postmaster, requests)

    def _compare(self, board: Series, anchored: list[Cost], peers: dict[str, list[Used]]) -> None:
        for peer in PEERS:
            used = peers.get(peer.name, [])
            ratios = [theirs.total / ours.total for theirs, ours in zip(used, board.ours, strict=False)]
            self.figures[f"{peer.name}, times our list of needs and offers"] = (
                middle(ratios) if ratios else None
            )
            self.figures[f"{peer.name}, processor ms (web)"] = (
                middle([one.web for one in used]) * 1000 if used else None
            )
        shares = [cost.total / ours.total for cost, ours in zip(anchored, board.ours, strict=False)]
        self.figures["Share of pgbench with the four statements of 27 November"] = (
            middle(shares) if shares else None
        )

    def memory(self) -> dict[str, float | None]:
        """Megabytes of two web processes, after their first answer and at the end of the run, and of the sentence model.

        The target of a web process is 130.
        """
        model: float | None = sum(map(processor.memory, processor.children(self.web["directory_100k"].pid)))
        return {"Sentence model, MB": model} | {
            f"Web process, MB {when}, {what}": found
            for name, what in (("large_country", "all pages but search"), ("directory_100k", "search"))
            for when, found in (
                ("at first", self.memory_at_start[name]),
                ("at the end", processor.memory(self.web[name].pid)),
            )
        }
