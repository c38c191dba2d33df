"""Scheduled jobs: reviews fall due, work in progress ends, and each is notified once."""

from datetime import date, timedelta
from typing import Any

from alongside.features.directory.scheduled import (
    lapse_works_in_progress,
    let_entries_fall_due,
    remind_of_entries,
)
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import notified
from tests.features.directory.form_values import verified_entry, verify
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.needs.form_values import form_at
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE

UNFINISHED: dict[str, Any] = {"kind": "work_in_progress", "evidence": None, "what_you_need": None}


async def on(database: Database, today: date) -> tuple[int, int]:
    """Run all scheduled jobs for entries on a day; return how many fell due and how many were archived."""
    person = system(NORTHSHIRE, today)
    async with database.transaction(NORTHSHIRE) as session:
        await remind_of_entries(session, person)
        due = await let_entries_fall_due(session, person)
        return due, await lapse_works_in_progress(session, person)


async def test_a_verified_entry_is_asked_about_falls_due_and_stays_in_the_directory(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client, visibility="public")
    due_on = (await entry_row(copy, where))["review_due_on"]
    assert await on(database, due_on - timedelta(days=31)) == (0, 0)
    assert "entry_due_soon" not in await notified(database, HEAD_OF_MILL)
    for today in (due_on - timedelta(days=30), due_on - timedelta(days=1)):
        assert await on(database, today) == (0, 0)
    for number in (1, 0):
        assert await on(database, due_on) == (number, 0)
    kinds = await notified(database, HEAD_OF_MILL)
    assert (kinds.count("entry_due_soon"), kinds.count("entry_due")) == (1, 1)
    assert (await entry_row(copy, where))["state"] == "review_due"
    assert "Review due" in words(await client.get(where, as_=HEAD_OF_PARK))
    assert (await client.get(where.replace("/directory/", "/good-practice/"))).status_code == 200
    await verify(client, where)
    assert (await entry_row(copy, where))["state"] == "reverified"


async def test_work_in_progress_is_finished_within_its_time_or_archived(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client, **UNFINISHED)
    finished = await verified_entry(client, title="Finished in time", **UNFINISHED)
    row = await entry_row(copy, where)
    assert row["convert_by_on"] - row["reviewed_on"] == timedelta(days=365)
    assert "This is not finished" in words(await client.get(where, as_=HEAD_OF_PARK))
    kept = await form_at(client, f"{finished}/edit")
    lacking = await client.post(f"{finished}/edit", kept | {"kind": "practice"}, as_=HEAD_OF_MILL)
    assert lacking.status_code == 422 and "Say what shows that it worked" in words(lacking)
    rest = {"kind": "practice", "evidence": "It worked.", "what_you_need": "Time"}
    assert (await client.post(f"{finished}/edit", kept | rest, as_=HEAD_OF_MILL)).status_code == 303
    await verify(client, finished)
    last = row["convert_by_on"]
    assert await on(database, last) == (2, 0)
    assert (await notified(database, HEAD_OF_MILL)).count("entry_unfinished") == 1
    assert await on(database, last + timedelta(days=1)) == (0, 1)
    assert await on(database, last + timedelta(days=2)) == (0, 0)
    assert (await entry_row(copy, where))["state"] == "archived"
    assert (await entry_row(copy, finished))["state"] == "review_due"
    assert "entry_lapsed" in await notified(database, LEAD_OF_NORTH)
    assert "entry_lapsed" not in await notified(database, HEAD_OF_QUAY)


async def test_a_second_review_does_not_give_a_work_in_progress_more_time(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client, **UNFINISHED)
    given = date(2026, 3, 1)
    await asked(copy, "ALTER TABLE directory_entry DISABLE TRIGGER keep_public_entry")
    await asked(copy, "UPDATE directory_entry SET convert_by_on = $1 WHERE id = $2", given, id_of(where))
    await verify(client, where)
    assert (await entry_row(copy, where))["convert_by_on"] == given
