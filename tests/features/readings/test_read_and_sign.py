"""A chair, a trust and a diocese read and sign what concerns their schools, once the school has seen it, and no more."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.performance.access_policy import identify_requester
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.features.agreements.builders import acting
from tests.features.categories.builders import put_category
from tests.features.profiles.stored import YEAR, calculated, store_figures, usual_figures
from tests.personas import (
    CHAIR_OF_MILL,
    DIOCESE_OFFICER,
    HEAD_OF_MILL,
    HEAD_OF_QUAY,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
    SCHOOLS,
    Persona,
)

Profiles = dict[int, UUID]
GOVERNORS = (CHAIR_OF_MILL, DIOCESE_OFFICER)


@pytest.fixture(scope="module")
async def profiles(module_database: DatabaseCopy) -> Profiles:
    """Calculated profiles of all schools of the tests."""
    database = open_database(module_database)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await store_figures(session, usual_figures())
        return await calculated(database)
    finally:
        await database.close()


async def _status(client: Client, path: str, one: Persona) -> int:
    return (await client.get(path, as_=one)).status_code


async def _notified(copy: DatabaseCopy, one: Persona) -> list[str]:
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        found = await connection.fetch(
            "SELECT text FROM notification WHERE authority_id = $1 AND person_id = $2 ORDER BY id",
            NORTHSHIRE,
            one.person_id,
        )
    finally:
        await connection.close()
    return [row["text"] for row in found]


async def test_the_school_sees_its_profile_first_then_its_chair_signs_it(
    module_client: Client, module_database: DatabaseCopy, profiles: Profiles
) -> None:
    """Shared is not enough: the chair reads it when the school has opened it; the school and core team see the stamps."""
    page = f"/profiles/{profiles[MILL]}"
    await module_client.post(f"{page}/sharing", {}, as_=OFFICER)
    assert await _status(module_client, page, CHAIR_OF_MILL) == 404
    assert not await _notified(module_database, CHAIR_OF_MILL)
    assert await _status(module_client, page, HEAD_OF_MILL) == 200
    assert await _status(module_client, page, CHAIR_OF_MILL) == 200
    assert await _status(module_client, page, DIOCESE_OFFICER) == 404
    texts = await _notified(module_database, CHAIR_OF_MILL)
    assert texts == [
        f"The performance profile of {SCHOOLS[MILL]} for {YEAR} is ready. Please read and sign it."
    ]
    home = words(await module_client.get("/governors", as_=CHAIR_OF_MILL))
    assert "Read and sign the performance profile" in home
    form = await module_client.get(f"{page}/signature", as_=CHAIR_OF_MILL)
    assert form.status_code == 200
    stale = await module_client.post(f"{page}/signature", {"version": "7"}, as_=CHAIR_OF_MILL)
    assert stale.status_code == 409
    signed = await module_client.post(f"{page}/signature", {"version": "1"}, as_=CHAIR_OF_MILL)
    assert signed.status_code == 303
    assert "You have nothing to read or sign" in words(
        await module_client.get("/governors", as_=CHAIR_OF_MILL)
    )
    for one in (HEAD_OF_MILL, OFFICER):
        seen = words(await module_client.get(page, as_=one))
        assert "Chai Mill Chair of governors 1" in seen
        assert "Mina Mill Headteacher 1" in seen
    assert "Sign that you have read it" not in (await module_client.get(page, as_=CHAIR_OF_MILL)).text


async def test_a_diocese_reads_all_its_schools_and_the_recorded_discussion_opens_a_profile(
    module_client: Client, profiles: Profiles
) -> None:
    """A head who does not open a profile cannot keep it from those who govern the school."""
    for urn in (QUAY, LOCK):
        await module_client.post(f"/profiles/{profiles[urn]}/sharing", {}, as_=OFFICER)
    await module_client.get(f"/profiles/{profiles[QUAY]}", as_=HEAD_OF_QUAY)
    held = {"discussed_on": APP_DAY.isoformat(), "discussed_with": "The head", "agreed_points": "Reading"}
    await module_client.post(f"/profiles/{profiles[LOCK]}/discussion", held, as_=OFFICER)
    for urn in (QUAY, LOCK):
        assert await _status(module_client, f"/profiles/{profiles[urn]}", DIOCESE_OFFICER) == 200
    listed = words(await module_client.get("/profiles", as_=DIOCESE_OFFICER))
    assert SCHOOLS[QUAY] in listed and SCHOOLS[LOCK] in listed and SCHOOLS[MILL] not in listed


async def test_a_category_letter_is_signed_and_signed_again_when_it_changes(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    """The chair and the diocese read it once the head is notified; a change makes another version to sign."""
    owner = await asyncpg.connect(module_database.superuser_url)
    try:
        await owner.execute("SET session_replication_role = replica")
        await put_category(owner, "agreed", urn=QUAY)
        category_id = await put_category(owner, "agreed")
        page = f"/categories/{category_id}"
        assert await _status(module_client, page, CHAIR_OF_MILL) == 404
        assert (await module_client.post(f"{page}/notification", {}, as_=OFFICER)).status_code == 303
        assert (await _notified(module_database, CHAIR_OF_MILL))[-1].endswith(
            "Please read and sign the letter."
        )
        assert await _status(module_client, page, CHAIR_OF_MILL) == 200
        assert await _status(module_client, page, DIOCESE_OFFICER) == 404
        signed = await module_client.post(f"{page}/signature", {"version": "1"}, as_=CHAIR_OF_MILL)
        assert signed.status_code == 303
        home = words(await module_client.get("/governors", as_=CHAIR_OF_MILL))
        assert "Read and sign the category letter" not in home
        await owner.execute("UPDATE support_category SET decision_number = 2 WHERE id = $1", category_id)
        home = words(await module_client.get("/governors", as_=CHAIR_OF_MILL))
        assert "Read and sign the category letter" in home
        for slug in ("appeal", "moderation", "agreement", "hearing"):
            assert await _status(module_client, f"{page}/{slug}", CHAIR_OF_MILL) == 404
    finally:
        await owner.close()


async def test_postgresql_keeps_readings_to_those_they_concern(
    module_database: DatabaseCopy, profiles: Profiles
) -> None:
    """With the app bypassed: nobody signs for another person or another school, and no stamp is changed."""
    database = open_database(module_database)
    owner = await asyncpg.connect(module_database.superuser_url)
    await owner.execute("UPDATE profile SET state = 'shared', shared_at = now() WHERE state = 'calculated'")
    await owner.execute("UPDATE profile SET governors_from = now()")
    await owner.execute("DELETE FROM document_reading")
    await owner.close()
    insert = text(
        "INSERT INTO document_reading (authority_id, document, document_id, number, school_urn, person_id, role, act)"
        " VALUES (:authority_id, 'profile', :id, 1, :urn, :person_id, 'chair_of_governors', 'signed')"
    )
    try:
        for person_id, urn in ((HEAD_OF_MILL.person_id, MILL), (CHAIR_OF_MILL.person_id, QUAY)):
            values = {"authority_id": NORTHSHIRE, "id": profiles[urn], "urn": urn, "person_id": person_id}
            async with database.transaction(NORTHSHIRE) as session:
                await identify_requester(session, acting(CHAIR_OF_MILL, APP_DAY))
                with pytest.raises(DBAPIError, match="row-level security"):
                    await session.execute(insert, values)
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(CHAIR_OF_MILL, APP_DAY))
            values |= {"id": profiles[MILL], "urn": MILL, "person_id": CHAIR_OF_MILL.person_id}
            await session.execute(insert, values)
            changed = await session.execute(text("UPDATE document_reading SET number = 2 RETURNING id"))
            assert not changed.all()
            await identify_requester(session, acting(HEAD_OF_QUAY, APP_DAY))
            names = await session.scalars(text("SELECT DISTINCT school_urn FROM document_reading"))
            assert set(names) <= {QUAY}
    finally:
        await database.close()


@pytest.mark.parametrize("one", GOVERNORS, ids=lambda one: one.role.value)
async def test_those_who_govern_see_nothing_else(module_client: Client, one: Persona) -> None:
    """Their navigation has their home, profiles and categories; every other page is a 404."""
    page = await module_client.get("/governors", as_=one)
    assert page.status_code == 200
    assert 'href="/profiles"' in page.text and 'href="/categories"' in page.text
    for path in (
        "needs-and-offers",
        "directory",
        "escalations",
        "people",
        "consortium",
        "agreements",
        "search",
    ):
        assert f'href="/{path}"' not in page.text and f'action="/{path}"' not in page.text
        assert await _status(module_client, f"/{path}", one) == 404, path
    assert await _status(module_client, f"/schools/{MILL}", one) == 404
    assert await _status(module_client, "/help", one) == 200
    assert (await module_client.get("/home", as_=one)).headers["location"] == "/governors"
