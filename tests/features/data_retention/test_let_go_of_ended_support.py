"""Ended support and the names of people who left are deleted when the privacy page says."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from alongside.features.agreements.endings.actions import end_early
from alongside.features.data_retention.actions import purge_expired
from alongside.features.data_retention.ended_support import ended_support
from alongside.platform.access.principal import system
from alongside.platform.database.base import Base
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import a_proposal, a_running_agreement, acting, books_add_up
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SOUTHSHIRE,
)

TODAY = APP_DAY
SUPPORT = (
    "signed_agreement",
    "support_agreement",
    "aim",
    "visit",
    "review",
    "review_rating",
    "proposal",
    "need",
    "offer",
    "offer_theme",
)


@pytest.fixture
async def boss(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The database as its superuser sees it, past all triggers."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def run(database: Database) -> None:
    """What the worker does once a day."""
    async with database.transaction(NORTHSHIRE) as session:
        await purge_expired(session, system(NORTHSHIRE, TODAY))


async def counted(boss: asyncpg.Connection) -> dict[str, int]:
    """How many rows of ended support there are."""
    return {table: await boss.fetchval(f"SELECT count(*) FROM {table}") for table in SUPPORT}


async def support_that_ended(database: Database, boss: asyncpg.Connection, days: int) -> None:
    """Park's support for Mill with a visit and a review, all of it over for so many days."""
    made = await a_running_agreement(database)
    inside = {"authority_id": NORTHSHIRE, "agreement_id": made}
    await put(
        boss,
        "visit",
        **inside,
        state="recorded",
        visit_on=TODAY,
        days=1,
        focus="f",
        done="d",
        record_due_on=TODAY,
        recorded_side="supporting",
        answer="not_answered",
    )
    review = await put(
        boss,
        "review",
        **inside,
        kind="closing",
        side="requesting",
        given_by=HEAD_OF_MILL.person_id,
        outcome="met",
        again="yes",
        changed="Reading is taught well",
    )
    aim = await boss.fetchval("SELECT id FROM aim")
    await put(
        boss,
        "review_rating",
        authority_id=NORTHSHIRE,
        review_id=review,
        aim_id=aim,
        rating="green",
        reason="r",
    )
    await boss.execute("UPDATE support_agreement SET days_used = 1")
    async with database.transaction(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_PARK), made, "staff_change", "")
    await boss.execute("UPDATE need SET state = 'withdrawn'")
    await boss.execute("UPDATE offer SET state = 'ended'")
    await age(boss, days)


async def age(boss: asyncpg.Connection, days: int) -> None:
    """Move all that was done so many days into the past."""
    back = timedelta(days=days)
    await boss.execute("UPDATE audit_entry SET at = at - $1::interval", back)
    for table, columns in (
        ("support_agreement", ("agreed_at",)),
        ("need", ("created_at",)),
        ("offer", ("created_at",)),
    ):
        for column in columns:
            await boss.execute(f"UPDATE {table} SET {column} = {column} - $1::interval", back)
    long_ago = TODAY - back
    await boss.execute("UPDATE support_agreement SET starts_on = $1, ends_on = $1, agreed_on = $1", long_ago)
    await boss.execute("UPDATE need SET confirmed_on = $1", long_ago)
    await boss.execute("UPDATE offer SET confirmed_on = $1", long_ago)


async def put(boss: asyncpg.Connection, table: str, **row: Any) -> Any:
    """Insert a row, past every trigger; its id where it has one."""
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    back = "" if table == "review_rating" else " RETURNING id"
    return await boss.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}){back}", *row.values()
    )


async def test_ended_support_goes_when_its_time_is_over(database: Database, boss: asyncpg.Connection) -> None:
    """Agreement, visits, reviews, then the need and the offer; the books of what is left still add up."""
    await support_that_ended(database, boss, 20 * 365)
    assert all((await counted(boss)).values())
    await run(database)
    assert not any((await counted(boss)).values()), await counted(boss)
    await books_add_up(database)


async def test_what_is_younger_than_its_time_stays(database: Database, boss: asyncpg.Connection) -> None:
    """An agreement is kept for seven years, and its need and offer with it, though a post alone goes after four."""
    await support_that_ended(database, boss, 5 * 365)
    before = await counted(boss)
    await run(database)
    assert await counted(boss) == before


async def test_a_post_without_an_agreement_goes_after_four_years(
    database: Database, boss: asyncpg.Connection
) -> None:
    """With its proposals; a live one never."""
    await a_proposal(database)
    await age(boss, 5 * 365)
    await run(database)
    assert (await counted(boss))["need"] == 1, "it is proposed for"
    await boss.execute("UPDATE need SET state = 'withdrawn'")
    await boss.execute("UPDATE proposal SET state = 'withdrawn'")
    await boss.execute("UPDATE offer SET state = 'ended'")
    await run(database)
    left = await counted(boss)
    assert (left["need"], left["offer"], left["proposal"], left["offer_theme"]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "what", [{"kind": "school", "school_urn": MILL}, {"kind": "school", "school_urn": PARK}]
)
async def test_what_is_held_stays(database: Database, boss: asyncpg.Connection, what: dict[str, Any]) -> None:
    await support_that_ended(database, boss, 20 * 365)
    before = await counted(boss)
    await put(
        boss, "legal_hold", authority_id=NORTHSHIRE, why="Tribunal", placed_by=OFFICER.person_id, **what
    )
    await run(database)
    assert (await counted(boss))["support_agreement"] == before["support_agreement"]


async def test_an_act_in_its_time_keeps_it(database: Database, boss: asyncpg.Connection) -> None:
    """The time begins with the last thing that was done, not with the dates that were agreed."""
    await support_that_ended(database, boss, 20 * 365)
    await boss.execute("UPDATE audit_entry SET at = now() WHERE subject_kind = 'support_agreement'")
    await run(database)
    assert (await counted(boss))["support_agreement"] == 1


async def test_the_name_of_who_left_goes_and_what_they_did_stays(
    client: Client, database: Database, boss: asyncpg.Connection
) -> None:
    """After its time, not before; not while something is held; not in another authority."""
    long, short = TODAY - timedelta(days=366), TODAY - timedelta(days=364)
    for one, left in ((HEAD_OF_MILL, long), (HEAD_OF_PARK, short), (LEAD_OF_NORTH, long)):
        await boss.execute("UPDATE person SET left_on = $1 WHERE id = $2", left, one.person_id)
        await boss.execute(
            "UPDATE role_assignment SET ends_on = $1 WHERE person_id = $2", left, one.person_id
        )
    await put(
        boss,
        "legal_hold",
        authority_id=NORTHSHIRE,
        kind="person",
        person_id=LEAD_OF_NORTH.person_id,
        why="Tribunal",
        placed_by=OFFICER.person_id,
    )
    await run(database)

    async def known(one: Any, authority_id: int = NORTHSHIRE) -> tuple[str, str, int]:
        [row] = await boss.fetch(
            "SELECT name, email, (SELECT count(*) FROM identity i WHERE i.person_id = p.id"
            " AND i.authority_id = p.authority_id) AS ways FROM person p WHERE id = $1 AND authority_id = $2",
            one.person_id,
            authority_id,
        )
        return row["name"], row["email"], row["ways"]

    assert await known(HEAD_OF_MILL) == ("Somebody who left", "", 0)
    for one in (HEAD_OF_PARK, LEAD_OF_NORTH):
        assert (await known(one))[0] == one.name, one.name
    twins = await boss.fetchval(
        "SELECT count(*) FROM person WHERE authority_id = $1 AND email = ''", SOUTHSHIRE
    )
    assert twins == 0
    shown = await client.get("/data-protection", as_=ADMINISTRATOR)
    assert "Names and addresses of people who left" in shown.text


def test_whatever_refers_to_ended_support_goes_with_it_or_keeps_it() -> None:
    """A new table that refers to an agreement, a need or an offer would stop all retention of an authority."""
    said = {
        rule.key + rule.label: " ".join(str(one) for one in (rule.expired, *rule.delete))
        for rule in ended_support()
    }
    for words, about in zip(
        said.values(),
        (("support_agreement", "review", "aim"), ("need", "proposal"), ("offer", "proposal")),
        strict=True,
    ):
        for table in Base.metadata.sorted_tables:
            refers = {key.referred_table.name for key in table.foreign_key_constraints}
            if refers & set(about):
                assert re.search(rf"(\b|_){table.name}s?\b", words), (
                    f"{table.name} refers to {refers & set(about)}"
                )
