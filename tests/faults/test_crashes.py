"""kill -9 of the web app, the worker and PostgreSQL under load: no acknowledged write is lost, none is partial."""

import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from alongside.platform.audit.queries import broken_links
from alongside.platform.database.session import Database
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from tests.databases import SIGNING_KEY
from tests.faults.processes import Processes, processes
from tests.features.needs.form_values import need
from tests.features.offers.form_values import offer
from tests.patience import PATIENCE
from tests.personas import (
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    NORTHSHIRE,
    SOUTHSHIRE,
    Persona,
)
from tests.sampling import size

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

ROUNDS = size(2, 5)
BEFORE, AFTER = 0.8, 0.5
"""Seconds of burst before each kill, and after the first success that follows it."""
HEADS = (HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK, HEAD_OF_MILL.twin, HEAD_OF_PARK.twin)


@dataclass
class Ledger:
    """What the clients know: which writes were acknowledged, and when each success came."""

    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    successes: list[tuple[float, float]] = field(default_factory=list)
    dishonest: list[str] = field(default_factory=list)
    sent_again: int = 0
    over: bool = False


@pytest.fixture(scope="module")
async def started() -> AsyncIterator[Processes]:
    """The same processes for all rounds: what an earlier round wrote must survive the later ones as well."""
    async with processes() as made:
        yield made


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The record of all rounds."""
    return Ledger()


async def one_browser(started: Processes, ledger: Ledger, one: Persona, numbers: Any) -> None:
    """Post needs and offers in turn; resend a form without a response with its key, as a person would."""
    headers = {"host": one.host, "cookie": f"{SESSION_COOKIE}={one.token}", "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{started.port}", headers=headers, timeout=PATIENCE
    ) as http:
        while not ledger.over:
            number = next(numbers)
            kind = "offers" if number % 4 == 0 else "needs"
            title = f"{kind} number {number}"
            form = offer(title=title) if kind == "offers" else need(title=title, checked_second="y")
            form |= {"csrf_token": csrf_token(one.token), "idempotency_key": uuid4().hex}
            await until_acknowledged(http, ledger, f"/{kind}", form, one.authority_id)


async def until_acknowledged(
    http: httpx.AsyncClient, ledger: Ledger, path: str, form: dict[str, Any], authority_id: int
) -> None:
    """Send one form until it is answered with the address of its need or offer."""
    for _ in range(200):
        began = time.monotonic()
        try:
            answer = await http.post(path, data=form)
        except httpx.HTTPError:
            ledger.sent_again += 1
            await asyncio.sleep(0.05)
            continue
        if answer.status_code == 303:
            ledger.acknowledged[form["title"]] = (authority_id, answer.headers["location"])
            ledger.successes.append((began, time.monotonic()))
            return
        if answer.status_code not in (500, 503):
            ledger.dishonest.append(f"{answer.status_code} for {form['title']}")
            return
        ledger.sent_again += 1
        await asyncio.sleep(0.05)
    ledger.dishonest.append(f"no answer for {form['title']}")


async def first_success_after(ledger: Ledger, moment: float) -> float:
    """Return seconds until a form sent after this moment was acknowledged."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for began, ended in reversed(ledger.successes):
            if began >= moment:
                return ended - moment
        await asyncio.sleep(0.02)
    raise AssertionError("there was no success any more")


@pytest.mark.parametrize("victim", ["web", "worker", "postgres"])
async def test_killed_again_and_again_in_mid_burst(started: Processes, ledger: Ledger, victim: str) -> None:
    """After each kill all clients continue: they resend forms without a response, and each is stored once."""
    ways: dict[str, Callable[[], None]] = {
        "web": started.kill_web,
        "worker": started.kill_worker,
        "postgres": started.kill_postgres,
    }
    known, ledger.over = len(ledger.acknowledged), False
    numbers = itertools.count(1 + 1_000_000 * list(ways).index(victim))
    browsers = [asyncio.create_task(one_browser(started, ledger, one, numbers)) for one in HEADS]
    took = []
    try:
        for _ in range(ROUNDS):
            await asyncio.sleep(BEFORE)
            moment = time.monotonic()
            await asyncio.to_thread(ways[victim])
            took.append(await first_success_after(ledger, moment))
            await asyncio.sleep(AFTER)
    finally:
        ledger.over = True
        await asyncio.gather(*browsers)
    assert ledger.dishonest == []
    assert len(ledger.acknowledged) - known > 4 * ROUNDS
    await nothing_lost_nothing_partial(started, ledger)
    recovered = ", ".join(f"{one:.2f}" for one in took)
    print(f"{victim}: first success after {recovered} s; {len(ledger.acknowledged) - known} acknowledged")


WHOLE = """
SELECT post.kind, post.title, post.authority_id, '/' || post.kind || 's/' || post.id AS path, post.state,
       (SELECT count(*) FROM idempotency_key s WHERE s.authority_id = post.authority_id
           AND s.location = '/' || post.kind || 's/' || post.id) AS submissions,
       (SELECT array_agg(DISTINCT j.verb) FROM audit_entry j
         WHERE j.authority_id = post.authority_id AND j.subject_id = post.id::text) AS verbs,
       (SELECT count(*) FROM audit_entry j WHERE j.authority_id = post.authority_id
           AND j.subject_id = post.id::text) AS entries,
       (SELECT count(*) FROM audit_entry j JOIN audit_seal s
            ON s.authority_id = j.authority_id AND s.entry_id = j.id
         WHERE j.authority_id = post.authority_id AND j.subject_id = post.id::text) AS seals,
       (SELECT count(*) FROM offer_theme t WHERE t.authority_id = post.authority_id AND t.offer_id = post.id) AS themes
  FROM (SELECT 'need' AS kind, authority_id, id, title, state FROM need
        UNION ALL SELECT 'offer', authority_id, id, title, state FROM offer) post
"""


async def nothing_lost_nothing_partial(started: Processes, ledger: Ledger) -> None:
    """Each post is complete (state, submission, audit entry, seals), and each acknowledged one exists once at its
    address.
    """
    connection = await asyncpg.connect(started.superuser_url)
    try:
        rows = await connection.fetch(WHOLE)
        loose = await connection.fetchval("SELECT count(*) FROM idempotency_key WHERE location IS NULL")
    finally:
        await connection.close()
    shapes = {
        (row["kind"], row["state"], row["submissions"], row["entries"], row["seals"], row["themes"])
        for row in rows
    }
    assert len(shapes) == 2, f"some posts are partial: {shapes}"
    assert all(submissions == 1 and entries == seals > 0 for _, _, submissions, entries, seals, _ in shapes)
    assert {(kind, state) for kind, state, *_ in shapes} == {("need", "open"), ("offer", "live")}
    assert loose == 0
    there = {row["title"]: (row["authority_id"], row["path"]) for row in rows}
    assert len(there) == len(rows), "a post is there twice"
    assert there == ledger.acknowledged  # every form was sent until it was acknowledged
    database = Database(started.app_url(), SIGNING_KEY, pool_size=1)
    try:
        for authority_id in (NORTHSHIRE, SOUTHSHIRE):
            async with database.transaction(authority_id, read_only=True) as session:
                assert not await broken_links(session, authority_id)
    finally:
        await database.close()


async def test_no_email_lost_and_none_twice_under_another_name(started: Processes, ledger: Ledger) -> None:
    """After all these crashes every email has arrived; a second copy, if any, has the same Message-ID."""
    assert ledger.acknowledged, "the rounds come first"
    connection = await asyncpg.connect(started.superuser_url)
    try:
        rows = await all_sent(connection)
        people = await connection.fetchval(
            "SELECT count(*) FROM notification n JOIN person p USING (authority_id) WHERE p.id = n.person_id"
        )
    finally:
        await connection.close()
    assert {row["state"] for row in rows} == {"sent"}
    wanted = {row["message_id"] for row in rows}
    arrived = Counter(str(one["Message-ID"]).strip("<>").partition("@")[0] for one in started.office.copies)
    assert arrived.keys() == wanted
    assert len(rows) == people, "one letter for each notice"
    copies = sum(arrived.values()) - len(arrived)
    print(f"{len(arrived)} letters, {copies} second copies under the same Message-ID")
    assert copies <= 10 * (2 * ROUNDS), "no more than were in a killed sender's hand"


async def all_sent(connection: asyncpg.Connection) -> list[Any]:
    """Return the outbox when nothing is left to send.

    Leases of killed workers are expired here, to save a minute's wait.
    """
    for turn in range(300):
        rows: list[Any] = await connection.fetch("SELECT state, message_id FROM email_outbox")
        if {row["state"] for row in rows} <= {"sent", "given_up"}:
            break
        if turn % 20 == 10:
            await connection.execute(
                "UPDATE email_outbox SET lease_until = now() - interval '1 second', state = 'waiting', run_at = now()"
                " WHERE state = 'sending' AND lease_until < now() + interval '57 seconds'"
            )
        await asyncio.sleep(0.1)
    return rows
