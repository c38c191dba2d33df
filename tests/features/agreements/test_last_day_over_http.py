"""200 headteachers press “Accept” at once: one gets the last day, the others read why not."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from sqlalchemy import text

from alongside.features.people.queries import hashed
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.agreements.builders import books_add_up, look
from tests.features.agreements.test_last_day_of_an_offer import ASKERS, two_hundred_proposals
from tests.personas import HEAD_OF_MILL, NORTHSHIRE


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Silence the log, because every request that finds the pool busy would log a traceback."""
    with structlog.testing.capture_logs():
        yield


@dataclass(frozen=True)
class Browser:
    """A signed-in headteacher with the attributes that the client needs of a persona."""

    token: str
    host: str = HEAD_OF_MILL.host


async def two_hundred_heads(database: Database) -> list[Browser]:
    """A signed-in headteacher for each school."""
    browsers = [Browser(f"token-of-{urn}-{'x' * 24}") for urn in ASKERS]
    rows = [
        {"a": NORTHSHIRE, "urn": urn, "p": uuid4(), "ap": uuid4(), "hash": hashed(one.token)}
        for urn, one in zip(ASKERS, browsers, strict=True)
    ]
    async with database.transaction(NORTHSHIRE) as session:
        for statement in (
            "INSERT INTO person (authority_id, id, name, email)"
            " VALUES (:a, :p, 'Head ' || CAST(:urn AS integer), 'head@school.example')",
            "INSERT INTO role_assignment (authority_id, id, person_id, role, school_urn, starts_on)"
            " VALUES (:a, :ap, :p, 'headteacher', :urn, '2020-09-01')",
            "INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device,"
            " expires_at) VALUES (:a, :hash, :p, :ap, 'test', 'test', now() + interval '1 hour')",
        ):
            await session.execute(text(statement), rows)
    return browsers


async def press_accept(client: Client, one: Any, proposal_id: UUID) -> tuple[int, str]:
    """Send the form, and send it again when the answer is “too busy”."""
    key = uuid4().hex
    for _ in range(60):
        answer = await client.post(f"/proposals/{proposal_id}/acceptance", {"version": "1"}, one, key=key)
        if answer.status_code != 503:
            return answer.status_code, "" if answer.status_code == 303 else words(answer)
        await asyncio.sleep(0.5)
    return 503, "too busy for too long"


@pytest.mark.slow
async def test_two_hundred_press_accept_at_once(client: Client, database: Database) -> None:
    """One 303, 199 times 409 with the reason, no other answer; the totals match."""
    client.app.state.app_context.now = lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)
    offer_id, proposals = await two_hundred_proposals(database, days="1")
    browsers = await two_hundred_heads(database)
    answers = await asyncio.gather(
        *(press_accept(client, one, proposal) for one, proposal in zip(browsers, proposals, strict=True))
    )
    assert Counter(status for status, _ in answers) == {303: 1, 409: 199}
    told_why = "Park Primary School has meanwhile promised all days of this offer"
    assert all(told_why in said for status, said in answers if status == 409)
    assert (await look(database, "offer", offer_id)).state == "exhausted"
    assert len(await look(database, "support_agreement")) == 1
    await books_add_up(database)
