"""“I will try …”: said after an entry or a visit, asked about a term later, counted with the entry from three schools on."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from alongside.features.authorities import calendar_of
from alongside.features.data_retention.subject_access import held_about
from alongside.features.tries.scheduled import ask_about_tries
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.retention import RetentionRule
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.agreements.test_answer_the_record import recorded
from tests.features.agreements.test_deadlines_of_an_agreement import other_periods
from tests.features.directory.form_values import verified_entry
from tests.features.directory.stored_rows import asked, id_of
from tests.features.visit_requests.builders import agreed
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_FORD,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    PARK,
    Persona,
)

__all__ = ["other_periods"]
LINE = "rereading after lunch"


async def tries(copy: DatabaseCopy) -> list[Any]:
    return await asked(copy, "SELECT * FROM practice_try ORDER BY id")


async def will_try(client: Client, where: str, by: Persona, line: str = LINE) -> str:
    """Say it on the page of an entry or visit; returns the address of the answer."""
    answer = await client.post(f"{where}/tries", {"line": line}, as_=by)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_one_line_is_kept_for_the_own_school_and_answered_with_one_tap(
    client: Client, copy: DatabaseCopy, database: Database
) -> None:
    where = await verified_entry(client, visibility="authority")
    assert f"{where}/tries/new" in (await client.get(where, as_=HEAD_OF_PARK)).text
    assert f"{where}/tries/new" not in (await client.get(where, as_=HEAD_OF_MILL)).text, "its own entry"
    for line in ("", "…", "x" * 201):
        refused = await client.post(f"{where}/tries", {"line": line}, as_=HEAD_OF_PARK)
        assert refused.status_code == 422 and line in refused.text
    await will_try(client, where, HEAD_OF_PARK)
    twice = await client.post(f"{where}/tries", {"line": "something else"}, as_=HEAD_OF_PARK)
    assert twice.status_code == 409 and "said already" in words(twice)
    assert LINE in words(await client.get("/home", as_=HEAD_OF_PARK))
    for other in (HEAD_OF_MILL, HEAD_OF_QUAY, LEAD_OF_NORTH):
        assert LINE not in (await client.get(where, as_=other)).text
    (row,) = await tries(copy)
    outcome = f"/tries/{row['id']}/outcome"
    for other in (HEAD_OF_MILL, HEAD_OF_QUAY):
        assert (await client.get(outcome, as_=other)).status_code == 404
    assert (await client.post(outcome, {"line": "hm"}, as_=HEAD_OF_PARK)).status_code == 422
    answer = await client.post(outcome, {"act": "changed", "line": "Only in Year 2"}, as_=HEAD_OF_PARK)
    assert answer.status_code == 303
    listed = words(await client.get("/tries", as_=HEAD_OF_PARK))
    assert "Changed it" in listed and "Only in Year 2" in listed
    assert (await client.post(outcome, {"act": "did"}, as_=HEAD_OF_PARK)).status_code == 409


async def test_an_entry_shows_numbers_from_three_schools_on_and_no_name(
    client: Client, copy: DatabaseCopy
) -> None:
    """A withdrawn line does not count."""
    where = await verified_entry(client, visibility="authority")
    schools = (HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK)
    for number, head in enumerate(schools, 1):
        await will_try(client, where, head)
        shown = words(await client.get(where, as_=HEAD_OF_FORD))
        assert ("3 schools said they would try this; 0 did, 0 changed it." in shown) is (number == 3)
    rows = await tries(copy)
    for row, head, act in zip(rows, schools, ("did", "changed", "did_not"), strict=True):
        await client.post(f"/tries/{row['id']}/outcome", {"act": act}, as_=head)
    shown = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "3 schools said they would try this; 1 did, 1 changed it." in shown
    assert "Park Primary School" not in shown and LINE not in shown


async def test_a_withdrawn_line_is_neither_listed_nor_counted(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, visibility="authority")
    await will_try(client, where, HEAD_OF_PARK)
    (row,) = await tries(copy)
    assert (await client.post(f"/tries/{row['id']}/withdrawal", {}, as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.post(f"/tries/{row['id']}/withdrawal", {}, as_=HEAD_OF_PARK)).status_code == 303
    assert LINE not in words(await client.get("/home", as_=HEAD_OF_PARK))
    (entry,) = await asked(copy, "SELECT tries_said FROM directory_entry WHERE id = $1", id_of(where))
    assert entry["tries_said"] == 0
    await will_try(client, where, HEAD_OF_PARK, "another way")


async def test_no_school_counts_for_its_own_entry(client: Client, copy: DatabaseCopy) -> None:
    """Refused by the action, and by PostgreSQL without it."""
    where = await verified_entry(client)
    for head in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        answer = await client.post(f"{where}/tries", {"line": LINE}, as_=head)
        assert answer.status_code == 409 and "own school" in words(answer)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(
            copy,
            "INSERT INTO practice_try (authority_id, school_urn, entry_id, state, line, written_by, ask_on)"
            " VALUES ($1, $2, $3, 'intended', 'x', $4, current_date)",
            NORTHSHIRE,
            MILL,
            id_of(where),
            HEAD_OF_MILL.person_id,
        )
    assert refused.value.constraint_name == "own_witness"


async def test_either_school_says_it_after_a_recorded_visit(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    agreement_id, visit_id = await recorded(database)
    page = await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_MILL)
    assert f"/visits/{visit_id}/tries/new" in page.text
    assert (
        f"/visits/{visit_id}/tries/new"
        not in (await client.get(f"/agreements/{agreement_id}", as_=LEAD_OF_NORTH)).text
    )
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        await will_try(client, f"/visits/{visit_id}", head)
    assert {row["school_urn"] for row in await tries(copy)} == {MILL, PARK}
    other = await client.post(f"/visits/{visit_id}/tries", {"line": LINE}, as_=HEAD_OF_QUAY)
    assert other.status_code == 404


async def test_a_visit_to_another_school_counts_for_its_entry(client: Client, copy: DatabaseCopy) -> None:
    visit = await agreed(client)
    early = await client.post(f"{visit}/tries", {"line": LINE}, as_=HEAD_OF_PARK)
    assert early.status_code == 409
    await asked(copy, "UPDATE visit_request SET state = 'took_place'")
    await will_try(client, visit, HEAD_OF_PARK)
    (entry,) = await asked(copy, "SELECT tries_said FROM directory_entry WHERE tries_said > 0")
    assert entry["tries_said"] == 1


@pytest.mark.parametrize("days", [3, 8])
async def test_the_authority_sets_when_a_school_is_asked(
    client: Client, database: Database, copy: DatabaseCopy, other_periods: Any, days: int
) -> None:
    """Once, with a task and an email; nobody is asked about what has been answered."""
    other_periods(ask_about_try_after=days)
    where = await verified_entry(client, visibility="authority")
    await will_try(client, where, HEAD_OF_PARK)
    (row,) = await tries(copy)
    assert row["ask_on"] == add_school_days(calendar_of(NORTHSHIRE), APP_DAY, days)
    assert "Say how it went" not in words(await client.get("/home", as_=HEAD_OF_PARK))
    for today, asks in ((row["ask_on"] - timedelta(days=1), 0), (row["ask_on"], 1), (row["ask_on"], 0)):
        async with database.transaction(NORTHSHIRE) as session:
            assert await ask_about_tries(session, system(NORTHSHIRE, today)) == asks
    found = await asked(copy, "SELECT person_id, path FROM notification WHERE kind = 'try_question'")
    assert [(one["person_id"], one["path"]) for one in found] == [
        (HEAD_OF_PARK.person_id, f"/tries/{row['id']}/outcome")
    ]
    await asked(copy, "UPDATE practice_try SET ask_on = $1", APP_DAY)
    assert f"Say how it went: {LINE}" in words(await client.get("/home", as_=HEAD_OF_PARK))


async def test_what_a_person_wrote_is_in_their_copy_and_goes_when_its_time_is_over(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    from alongside.features.tries.retention import RULES

    where = await verified_entry(client, visibility="authority")
    await will_try(client, where, HEAD_OF_PARK)
    assert HEAD_OF_PARK.person_id
    async with database.transaction(NORTHSHIRE) as session:
        rows = await held_about(session, acting(ADMINISTRATOR), HEAD_OF_PARK.person_id, HEAD_OF_PARK.name)
    assert any(row.table == "practice_try" and LINE in row.values.values() for row in rows)
    (rule,) = RULES
    assert isinstance(rule, RetentionRule)
    values = {"authority_id": NORTHSHIRE, "today": APP_DAY}
    async with database.transaction(NORTHSHIRE) as session:
        for before, gone in ((APP_DAY, 0), (APP_DAY + timedelta(days=400), 1)):
            found = (await session.execute(rule.expired, values | {"before": before})).all()
            assert len(found) == gone
        for statement in rule.delete:
            await session.execute(statement, {"authority_id": NORTHSHIRE, "ids": [row[0] for row in found]})
        left = await session.scalar(text("SELECT sum(tries_said) FROM directory_entry"))
    assert left == 0
