"""Counts what five writes and one page take: `python -m tests.structure.measure_writes`.

For each: files of the features whose functions run, with templates; lines of those files; lines of the functions that
run; and statements that PostgreSQL runs. Files that every signed-in request runs (`/account`) are left out, and so is the
platform, which a reader learns once.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import structlog
from sqlalchemy import event

from alongside.features.agreements.aims.actions import write_aim
from alongside.features.people.queries import SESSION_ROW
from alongside.platform.database.reads import Read
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import (
    app_over,
    copy_of_template,
    current_database_server,
    drop,
    make_known,
    open_database,
    start_database_server,
)
from tests.features.agreements.builders import AIM, a_pair, a_proposal, acting, an_agreement
from tests.features.agreements.test_the_whole_way import TERMS
from tests.features.escalations.test_raise_an_escalation import FORM as ESCALATION
from tests.features.matching.builders import a_plan, posts
from tests.features.matching.test_send_and_replace import send
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, NORTHSHIRE, Persona
from tests.structure.measure import ROOT, lines_of

FEATURES = str(ROOT / "src" / "alongside" / "features")
TEMPLATES = str(ROOT / "templates")
SHARED = ("/_layout/", "/_components/", "/_actions/")


@dataclass
class Trace:
    """The files that ran, and the statements that were sent."""

    functions: set[CodeType] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[Path]:
        """Return the files of the functions that ran."""
        return sorted({Path(one.co_filename) for one in self.functions})

    @property
    def lines_run(self) -> int:
        """Return the lines of those functions, without the rest of their files."""
        return sum(
            max((line or 0) for *_, line in one.co_lines()) - one.co_firstlineno + 1 for one in self.functions
        )


@contextmanager
def traced(engine: Any) -> Iterator[Trace]:
    """Record the files of features and templates whose functions are called, and the statements of the app but that of the session."""
    trace = Trace()

    def called(frame: FrameType, what: str, _: object) -> None:
        name = frame.f_code.co_filename
        if frame.f_code.co_name == "<module>":
            return
        if name.startswith(FEATURES) or (name.startswith(TEMPLATES) and not any(s in name for s in SHARED)):
            trace.functions.add(frame.f_code)

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        trace.statements.append(statement)

    as_it_is = Read.arguments

    def read(one: Read[Any], values: Mapping[str, object]) -> list[Any]:
        if one is not SESSION_ROW:
            trace.statements.append(one.sql)
        return as_it_is(one, values)

    Read.arguments = read  # type: ignore[assignment]
    event.listen(engine.sync_engine, "before_cursor_execute", executed)
    sys.settrace(called)  # calls only: lines are not traced
    try:
        yield trace
    finally:
        sys.settrace(None)
        event.remove(engine.sync_engine, "before_cursor_execute", executed)
        Read.arguments = as_it_is


async def post(client: Client, path: str, form: dict[str, Any], one: Persona) -> None:
    """Send a form that must be accepted."""
    answer = await client.post(path, form, as_=one)
    assert answer.status_code == 303, (path, answer.status_code, answer.text[:3000])


async def get(client: Client, path: str, one: Persona) -> None:
    """Open a page that must be there."""
    assert (await client.get(path, as_=one)).status_code == 200, path


Act = Callable[[Client, Database], Awaitable[Callable[[], Awaitable[None]]]]


async def post_a_need(client: Client, _: Database) -> Callable[[], Awaitable[None]]:
    """Post a need."""
    return lambda: post(client, "/needs", need(), HEAD_OF_MILL)


async def make_a_proposal(client: Client, database: Database) -> Callable[[], Awaitable[None]]:
    """Propose an offer for a need."""
    need_id, offer_id = await a_pair(database)
    form = TERMS | {"begun_from": "need", "need_id": str(need_id), "picked": str(offer_id)}
    return lambda: post(client, "/proposals", form, HEAD_OF_PARK)


async def accept_a_proposal(client: Client, database: Database) -> Callable[[], Awaitable[None]]:
    """Accept a proposal."""
    proposal_id = await a_proposal(database)
    return lambda: post(client, f"/proposals/{proposal_id}/acceptance", {"version": "1"}, HEAD_OF_MILL)


async def sign_an_agreement(client: Client, database: Database) -> Callable[[], Awaitable[None]]:
    """Sign a support agreement."""
    agreement_id = await an_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
    return lambda: post(client, f"/agreements/{agreement_id}/signature", {"version": "2"}, HEAD_OF_MILL)


async def send_a_plan(client: Client, database: Database) -> Callable[[], Awaitable[None]]:
    """Send the proposals of a plan (with the page on which they are ticked)."""
    await posts(database)
    where = await a_plan(client, database)

    async def act() -> None:
        assert (await send(client, where)).status_code == 303

    return act


async def raise_an_escalation(client: Client, _: Database) -> Callable[[], Awaitable[None]]:
    """Raise an escalation."""
    return lambda: post(client, "/escalations", dict(ESCALATION), LEAD_OF_NORTH)


async def show_an_escalation(client: Client, database: Database) -> Callable[[], Awaitable[None]]:
    """Show an escalation."""
    answer = await client.post("/escalations", dict(ESCALATION), as_=LEAD_OF_NORTH)
    return lambda: get(client, answer.headers["location"], LEAD_OF_NORTH)


ACTS: tuple[Act, ...] = (
    post_a_need,
    make_a_proposal,
    accept_a_proposal,
    sign_an_agreement,
    send_a_plan,
    raise_an_escalation,
    show_an_escalation,
)


async def measure(act: Act) -> Trace:
    """Run an act once to warm the caches of a fresh database up to it, then traced."""
    server = current_database_server()
    copy = await copy_of_template(server)
    try:
        async with app_over(copy) as app:
            client, database = Client(app), open_database(copy)
            engine = app.state.app_context.database.engine
            run = await act(client, database)
            for _ in range(2):
                with traced(engine) as usual:
                    await get(client, "/account", HEAD_OF_MILL)
            with traced(engine) as trace:
                await run()
            trace.functions = {
                one
                for one in trace.functions
                if one.co_filename not in {u.co_filename for u in usual.functions}
            }
            await database.close()
            return trace
    finally:
        await drop(server, copy)


async def table() -> None:
    """Measure and print each act."""
    print(f"{'':72}", *(f"{name:>10}" for name in ("files", "lines", "that run", "statements")))
    for act in ACTS:
        trace = await measure(act)
        files = trace.files
        figures = (len(files), sum(map(lines_of, files)), trace.lines_run, len(trace.statements))
        print(f"{(act.__doc__ or '').rstrip('.'):72}", *(f"{one:10,}" for one in figures))
        if "--files" in sys.argv:
            print(*(f"    {lines_of(path):5} {path.relative_to(ROOT)}" for path in files), sep="\n")
        if "--statements" in sys.argv:
            print(*(f"    {' '.join(one.split())[:160]}" for one in trace.statements), sep="\n")


def main() -> None:
    """Start a database server and print the table."""
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    server = start_database_server()
    try:
        for slug in ("northshire", "southshire"):
            make_known(slug)
        asyncio.run(table())
    finally:
        server.stop()


if __name__ == "__main__":
    main()
