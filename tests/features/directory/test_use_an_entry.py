"""Using an entry: adopt it, and read other schools' answers."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.directory.form_values import verified_entry
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.needs.form_values import need
from tests.features.offers.form_values import posted_offer
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_FORD,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def says(client: Client, where: str, as_: Persona, worked: str, notes: str = "") -> None:
    """A school records how an entry works for it."""
    answer = await client.post(f"{where}/use", {"worked": worked, "notes": notes}, as_=as_)
    assert answer.status_code == 303, answer.text


async def test_what_other_schools_say_moves_the_evidence_by_the_rule(
    client: Client, copy: DatabaseCopy
) -> None:
    """Two “yes” raise it to “observed by a peer”; over half “no” of three lower it; “too early” does not count."""
    where = await verified_entry(client, visibility="authority")
    steps: list[tuple[Persona, str, int]] = [
        (HEAD_OF_PARK, "yes", 1),
        (HEAD_OF_QUAY, "too_early", 1),
        (HEAD_OF_QUAY, "yes", 2),
        (HEAD_OF_LOCK, "partly", 2),
        (HEAD_OF_FORD, "no", 2),
        (HEAD_OF_LOCK, "no", 2),
        (HEAD_OF_QUAY, "no", 0),
        (HEAD_OF_QUAY, "yes", 2),
    ]
    for who, worked, level in steps:
        await says(client, where, who, worked)
        row = await entry_row(copy, where)
        assert (row["evidence_level"], row["checked_level"]) == (level, 1), (who.name, worked)
    await client.post(f"{where}/use/end", as_=HEAD_OF_QUAY)
    row = await entry_row(copy, where)
    assert (row["uses_yes"], row["uses_no"], row["evidence_level"]) == (1, 2, 0)


async def test_use_lifts_no_entry_beyond_what_a_peer_can_see(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, level="3", visibility="authority")
    for one in (HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK):
        await says(client, where, one, "yes")
    assert (await entry_row(copy, where))["evidence_level"] == 3


async def test_a_school_is_no_witness_of_its_own_entry(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client)
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        answer = await client.post(f"{where}/use", {"worked": "yes"}, as_=one)
        assert answer.status_code == 409 and "own school" in words(answer)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(
            copy,
            "INSERT INTO entry_adoption (authority_id, entry_id, school_urn, worked, notes, said_by)"
            " VALUES ($1, $2, $3, 'yes', '', $4)",
            NORTHSHIRE,
            id_of(where),
            MILL,
            HEAD_OF_MILL.person_id,
        )
    assert refused.value.constraint_name == "own_witness"


SAY = text(
    "INSERT INTO entry_adoption (authority_id, entry_id, school_urn, worked, notes, said_by)"
    " VALUES (:authority_id, :entry_id, :urn, 'yes', '', :person_id)"
)


async def test_two_schools_that_say_so_at_the_same_moment_are_both_counted(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """Two real sessions: the second waits for the first and counts its answer."""
    where = await verified_entry(client, visibility="authority")

    def said(one: Persona) -> dict[str, Any]:
        inside = {"authority_id": NORTHSHIRE, "entry_id": id_of(where)}
        return inside | {"urn": one.school_urn, "person_id": one.person_id}

    async with database.transaction(NORTHSHIRE) as first, database.transaction(NORTHSHIRE) as second:
        await first.execute(SAY, said(HEAD_OF_PARK))
        waiting = asyncio.create_task(second.execute(SAY, said(HEAD_OF_QUAY)))
        while not await asked(
            copy, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1", copy.name
        ):
            await asyncio.sleep(0.01)
        await first.commit()
        await waiting
    row = await entry_row(copy, where)
    assert (row["uses_yes"], row["evidence_level"]) == (2, 2)


async def test_who_does_not_see_an_entry_says_nothing_of_it(client: Client) -> None:
    where = await verified_entry(client)
    for one in (HEAD_OF_QUAY, TWIN_HEAD_OF_MILL, LEAD_OF_NORTH):
        assert (await client.post(f"{where}/use", {"worked": "yes"}, as_=one)).status_code == 404, one.name
    assert (await client.post(f"{where}/use", {}, as_=HEAD_OF_PARK)).status_code == 422


async def test_an_entry_says_whether_its_school_can_help_now(client: Client) -> None:
    where = await verified_entry(client, visibility="authority")
    await posted_offer(
        client,
        forms_of_support=["visit_out"],
        terms=["2026-27_spring"],
        when_not_sure=None,
        audience="everybody",
    )
    page = words(await client.get(where, as_=HEAD_OF_QUAY))
    assert "Mill Primary School can host a visit in spring term 2027" in page


@pytest.mark.parametrize("addressed", ["990099", "1", "990004", "x", "-5", "99999999999"])
async def test_a_need_is_addressed_only_to_another_open_school_of_the_authority(
    client: Client, addressed: str
) -> None:
    """An unknown URN, the own URN, or none: not found, and no need is posted."""
    path = f"/needs/new?addressed={addressed}"
    expected = 404 if addressed != "990004" else 200
    assert (
        await client.get(path, as_=HEAD_OF_QUAY if expected == 404 else HEAD_OF_PARK)
    ).status_code == expected
    if expected == 404:
        body = need(addressed=addressed)
        assert (await client.post("/needs", body, as_=HEAD_OF_QUAY)).status_code == 404


async def test_a_need_is_not_addressed_to_oneself(client: Client) -> None:
    assert (await client.get(f"/needs/new?addressed={MILL}", as_=HEAD_OF_MILL)).status_code == 404


async def test_a_school_is_known_for_what_whoever_asks_may_see(client: Client) -> None:
    await verified_entry(client, level="2")
    await verified_entry(client, title="For all", themes=["attendance"], visibility="authority")
    path = f"/directory/schools/{MILL}"
    near, far = [words(await client.get(path, as_=one)) for one in (HEAD_OF_PARK, HEAD_OF_QUAY)]
    assert "Early reading and phonics" in near and "Observed by a peer" in near
    assert "Attendance" in far and "Early reading and phonics" not in far
    assert "Nothing in the directory yet" in words(await client.get(path, as_=TWIN_HEAD_OF_MILL))


async def test_entries_on_the_same_theme_stand_beside_each_other(client: Client) -> None:
    first = await verified_entry(client, visibility="authority")
    await verified_entry(client, title="Only near", visibility="consortium")
    await verified_entry(client, title="Elsewhere", themes=["behaviour"], visibility="authority")

    def beside(page: Any) -> str:
        return " ".join(one.get_text(" ") for one in soup(page).select(".alongside-card__title"))

    assert "Only near" in beside(await client.get(first, as_=HEAD_OF_PARK))
    seen = beside(await client.get(first, as_=HEAD_OF_QUAY))
    assert "Only near" not in seen and "Elsewhere" not in seen
