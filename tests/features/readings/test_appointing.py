"""Chairs, trust officers and diocese officers are invited; their roles end with the school, or follow the register."""

from datetime import timedelta

import asyncpg
import pytest

from alongside.features.people.queries import principals_of_person
from alongside.features.school_successions.statements import END_ROLES, ROLES
from alongside.platform.access.principal import Role
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.personas import (
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    DIOCESE_OFFICER,
    FORD,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LOCK,
    MILL,
    NORTHSHIRE,
    QUAY,
)

TRUST = "90001"


async def test_a_head_invites_the_chair_of_the_own_school(module_client: Client) -> None:
    """The chair is invited for the head's school; the email says what the role can do."""
    form = {"role": "chair_of_governors", "name": "Cora Chair", "email": "cora@mill.example"}
    assert (await module_client.post("/people/delegates", form, as_=HEAD_OF_MILL)).status_code == 303
    listed = words(await module_client.get("/people", as_=HEAD_OF_MILL))
    assert "Cora Chair" in listed and "Chair of governors, Mill Primary School" in listed
    refused = await module_client.post(
        "/people/delegates", form | {"role": "trust_officer", "email": "x@mill.example"}, as_=HEAD_OF_MILL
    )
    assert refused.status_code == 422 and "Select a role" in refused.text


async def test_an_administrator_invites_officers_of_a_trust_in_the_register(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    """A trust officer needs a trust of the register, and a diocese does not do."""
    owner = await asyncpg.connect(module_database.superuser_url)
    await owner.execute(
        "UPDATE school SET trust_uid = $1, trust = 'Ford Trust' WHERE authority_id = $2 AND urn = $3",
        TRUST,
        NORTHSHIRE,
        FORD,
    )
    form = {
        "role": "trust_officer",
        "name": "Tru Stee",
        "email": "tru@trust.example",
        "school": "",
        "consortium": "",
    }
    for organisation, sentence in (
        ("", "Choose their trust or diocese"),
        ("diocese_officer:Diocese of South", "Choose a trust"),
    ):
        refused = await module_client.post(
            "/people/invitations", form | {"organisation": organisation}, as_=ADMINISTRATOR
        )
        assert refused.status_code == 422 and sentence in refused.text
    sent = await module_client.post(
        "/people/invitations", form | {"organisation": f"trust_officer:{TRUST}"}, as_=ADMINISTRATOR
    )
    assert sent.status_code == 303
    assert "Trust officer, Ford Trust" in words(await module_client.get("/people", as_=ADMINISTRATOR))
    body = await owner.fetchval("SELECT body FROM email_outbox WHERE to_address = 'tru@trust.example'")
    assert "You can read the performance profiles and category letters of your schools" in body
    with pytest.raises(asyncpg.CheckViolationError, match="role_and_place"):
        await owner.execute(
            "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
            " VALUES ($1, $2, 'trust_officer', $3, $4)",
            NORTHSHIRE,
            HEAD_OF_SERVICE.person_id,
            MILL,
            APP_DAY,
        )
    await owner.close()


async def test_a_school_that_leaves_is_out_of_reach_at_once_and_a_chair_ends_with_the_school(
    module_database: DatabaseCopy,
) -> None:
    """An officer's schools are those of the register now; a chair has no role at the successor school."""
    database = open_database(module_database)
    later = APP_DAY + timedelta(days=1)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            (officer,) = await principals_of_person(session, NORTHSHIRE, DIOCESE_OFFICER.person_id, APP_DAY)
            assert officer.own_schools == {QUAY, LOCK}
        owner = await asyncpg.connect(module_database.superuser_url)
        await owner.execute(
            "UPDATE school SET diocese = NULL WHERE authority_id = $1 AND urn = $2", NORTHSHIRE, QUAY
        )
        await owner.execute(
            "UPDATE school SET status = 'closed' WHERE authority_id = $1 AND urn = $2", NORTHSHIRE, LOCK
        )
        await owner.close()
        async with database.transaction(NORTHSHIRE) as session:
            (officer,) = await principals_of_person(session, NORTHSHIRE, DIOCESE_OFFICER.person_id, APP_DAY)
            assert officer.own_schools == frozenset()
            values = {"authority_id": NORTHSHIRE, "old": MILL, "new": FORD, "on": APP_DAY}
            await session.execute(ROLES, values)
            assert not await principals_of_person(session, NORTHSHIRE, CHAIR_OF_MILL.person_id, later)
            (head,) = await principals_of_person(session, NORTHSHIRE, HEAD_OF_MILL.person_id, later)
            assert (head.role, head.school_urn) == (Role.HEADTEACHER, FORD)
            await session.execute(END_ROLES, {"authority_id": NORTHSHIRE, "old": FORD, "on": APP_DAY})
            assert not await principals_of_person(session, NORTHSHIRE, HEAD_OF_MILL.person_id, later)
    finally:
        await database.close()
