"""A notice reaches exactly its audience, in PostgreSQL and in the list of readers, as roles change."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.notices.access_policy import identify_requester
from alongside.features.notices.audience import all_readers_of
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.features.agreements.builders import acting
from tests.features.notices.builders import TO_NORTH, a_draft, a_notice, id_of, sees, written
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    FORD,
    HEAD_OF_FORD,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    PERSONAS,
    QUAY,
    SOUTH,
    Persona,
)

HEADS = {HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK, HEAD_OF_FORD}
CORE = {OFFICER, HEAD_OF_SERVICE}
AUDIENCES: dict[str, tuple[dict[str, str], set[Persona]]] = {
    "all heads": ({"audience": "heads"}, HEADS),
    "heads and delegates": ({"audience": "heads", "with_delegates": "y"}, HEADS | {DELEGATE_OF_MILL}),
    "primary heads": ({"audience": "heads-primary"}, HEADS - {HEAD_OF_QUAY}),
    "secondary heads": ({"audience": "heads-secondary"}, {HEAD_OF_QUAY}),
    "heads in North": ({"audience": TO_NORTH}, {HEAD_OF_MILL, HEAD_OF_PARK}),
    "all leads": ({"audience": "leads"}, {LEAD_OF_NORTH, DEPUTY_OF_NORTH, LEAD_OF_SOUTH}),
    "secondary leads": ({"audience": "leads-secondary"}, {LEAD_OF_SOUTH}),
    "primary leads": ({"audience": "leads-primary"}, {LEAD_OF_NORTH, DEPUTY_OF_NORTH}),
}


@pytest.fixture(scope="module", autouse=True)
async def _south_is_secondary(module_database: DatabaseCopy) -> None:
    """Quay becomes a secondary school, and South a consortium of secondary schools."""
    owner = await asyncpg.connect(module_database.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(
        "UPDATE consortium SET phase = 'secondary' WHERE authority_id = $1 AND id = $2", NORTHSHIRE, SOUTH
    )
    await owner.execute(
        "UPDATE consortium_membership SET phase = 'secondary' WHERE authority_id = $1 AND consortium_id = $2",
        NORTHSHIRE,
        SOUTH,
    )
    await owner.execute(
        "UPDATE school SET phase = 'secondary' WHERE authority_id = $1 AND urn = $2", NORTHSHIRE, QUAY
    )
    await owner.close()


@pytest.mark.parametrize("name", AUDIENCES)
async def test_a_notice_reaches_exactly_its_audience(
    module_client: Client, module_database: DatabaseCopy, name: str
) -> None:
    """The page, the list, the policy without any condition of ours, and the list of readers all agree."""
    form, audience = AUDIENCES[name]
    address = await a_notice(module_client, OFFICER, title=f"Only for {name}", **form)
    readers = {one for one in PERSONAS if await sees(module_client, address, one)}
    assert readers == audience | CORE
    for one in PERSONAS:
        if one is not ADMINISTRATOR:
            listed = f"Only for {name}" in words(await module_client.get("/notices", as_=one))
            assert listed == (one in readers), one.name
    assert not await sees(module_client, address, HEAD_OF_MILL.twin)
    database = open_database(module_database)
    for one in PERSONAS:
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            await identify_requester(session, acting(one))
            found = await session.scalar(
                text("SELECT count(*) FROM notice WHERE id = :id"), {"id": id_of(address)}
            )
            assert (found == 1) == (one in readers), one.name
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await identify_requester(session, acting(OFFICER))
        named = await all_readers_of(session, acting(OFFICER), id_of(address))
    await database.close()
    assert {one.id for one in named} == {one.person_id for one in audience}


async def test_without_a_requester_no_notice_can_be_read(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    await a_notice(module_client)
    database = open_database(module_database)
    with pytest.raises(DBAPIError, match="nobody is set as asking"):
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            await session.execute(text("SELECT id FROM notice"))
    await database.close()


async def test_those_who_join_see_it_and_those_who_leave_do_not(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    address = await a_notice(module_client, OFFICER, audience=TO_NORTH)
    assert not await sees(module_client, address, HEAD_OF_FORD)
    owner = await asyncpg.connect(module_database.superuser_url)
    joined = await owner.fetchval(
        "INSERT INTO consortium_membership (authority_id, school_urn, consortium_id, phase, starts_on)"
        " SELECT authority_id, $2, id, phase, $3 FROM consortium WHERE authority_id = $1 AND name = 'North' RETURNING id",
        NORTHSHIRE,
        FORD,
        APP_DAY - timedelta(days=1),
    )
    assert await sees(module_client, address, HEAD_OF_FORD)
    await owner.execute("UPDATE consortium_membership SET ends_on = $2 WHERE id = $1", joined, APP_DAY)
    assert not await sees(module_client, address, HEAD_OF_FORD)
    await owner.execute("DELETE FROM consortium_membership WHERE id = $1", joined)
    await owner.close()


async def test_a_draft_is_seen_only_by_those_who_write_it(module_client: Client) -> None:
    ours = await a_draft(module_client, OFFICER)
    theirs = await a_draft(module_client, LEAD_OF_NORTH, audience=TO_NORTH)
    assert {one for one in PERSONAS if await sees(module_client, ours, one)} == CORE
    assert {one for one in PERSONAS if await sees(module_client, theirs, one)} == {
        LEAD_OF_NORTH,
        DEPUTY_OF_NORTH,
    }


@pytest.mark.parametrize("audience", ["heads", "leads", "heads-primary", f"consortium-{SOUTH}", "nobody"])
async def test_leads_send_only_to_the_schools_of_their_consortium(
    module_client: Client, audience: str
) -> None:
    answer = await module_client.post("/notices", written(audience=audience), as_=LEAD_OF_NORTH)
    assert answer.status_code == 422
    assert "Select who the notice is for" in words(answer)
    assert "Bring three books." in answer.text


async def test_leads_of_another_consortium_change_nothing(module_client: Client) -> None:
    """Also where they are in the audience of a notice, they do not manage it."""
    address = await a_notice(module_client, OFFICER, audience="leads")
    assert await sees(module_client, address, LEAD_OF_SOUTH)
    for path in ("readers", "readers.csv", "correction", "withdrawal", "files/new"):
        assert (await module_client.get(f"{address}/{path}", as_=LEAD_OF_SOUTH)).status_code == 404, path
    answer = await module_client.post(f"{address}/withdrawal", {"note": "No"}, as_=LEAD_OF_SOUTH)
    assert answer.status_code == 404
