"""The yearly cycle of a category over HTTP: proposed, discussed, moderated, agreed, notified, appealed, in force."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest
from sqlalchemy import text

from alongside.features.authorities import calendar_of, register_settings, settings_of
from alongside.features.categories.scheduled import put_categories_in_force
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.web.formatting import format_weekday
from tests.client import Client, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.categories.builders import (
    YEAR,
    a_proposal,
    agree,
    discuss,
    moderate,
    notified,
    put_category,
    set_interest,
)
from tests.personas import (
    DEPUTY_OF_NORTH,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTH,
    Persona,
)


async def texts_to(database: Database, one: Persona) -> list[str]:
    """Return the texts of a person's notifications, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT text FROM notification WHERE person_id = :id ORDER BY id"), {"id": one.person_id}
        )
        return list(found.scalars())


async def run(database: Database, days: int) -> None:
    """Run the daily job as on a later day."""
    async with database.transaction(NORTHSHIRE) as session:
        await put_categories_in_force(session, system(NORTHSHIRE, APP_DAY + timedelta(days=days)))


@pytest.fixture
async def owner(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def test_a_category_from_the_proposal_to_a_changed_one_after_an_appeal(
    client: Client, database: Database
) -> None:
    """The head reads nothing before the notification; each difference has its reason; the appeal is heard by others."""
    address = await a_proposal(client)
    assert (await client.get(address, as_=HEAD_OF_MILL)).status_code == 404
    assert "1 category to discuss with schools" in words(await client.get("/consortium", as_=OFFICER))
    await discuss(client, address)
    assert "1 category to moderate" in words(await client.get("/consortium", as_=LEAD_OF_NORTH))
    assert "Mill Primary School" in words(await client.get("/categories/moderation", as_=LEAD_OF_NORTH))
    assert await moderate(client, address, "intensive") == 422
    assert await moderate(client, address, "intensive", "Mathematics fell too") == 303
    assert await agree(client, address, "targeted") == 422
    assert await agree(client, address, "targeted", "A new headteacher has begun") == 303
    assert (await client.get(address, as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post(f"{address}/notification", {}, as_=OFFICER)).status_code == 303

    within = settings_of(NORTHSHIRE).categorisation.appeal_within
    last_day = format_weekday(add_school_days(calendar_of(NORTHSHIRE), APP_DAY, within))
    assert f"You can appeal until {last_day}." in (await texts_to(database, HEAD_OF_MILL))[-1]
    assert "Read your support category" in words(await client.get("/home", as_=HEAD_OF_MILL))
    page = words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Targeted" in page and "A new headteacher has begun" in page and "5 days of support" in page
    assert "Headteacher: not seen yet" not in words(await client.get(address, as_=OFFICER))
    assert "Read your support category" not in words(await client.get("/home", as_=HEAD_OF_MILL))

    assert (await client.post(f"{address}/appeal", {"grounds": ""}, as_=HEAD_OF_MILL)).status_code == 422
    assert (
        await client.post(f"{address}/appeal", {"grounds": "Unfair"}, as_=HEAD_OF_MILL)
    ).status_code == 303
    heard = {"outcome": "changed", "category": "universal", "reasons": "New results"}
    for who in (OFFICER, LEAD_OF_NORTH, HEAD_OF_SERVICE):
        refused = await client.post(f"{address}/hearing", heard, as_=who)
        assert refused.status_code == 409 and "You took part" in words(refused)
    same = await client.post(f"{address}/hearing", heard | {"category": "targeted"}, as_=DEPUTY_OF_NORTH)
    assert same.status_code == 422 and "another category" in words(same)
    assert (await client.post(f"{address}/hearing", heard, as_=DEPUTY_OF_NORTH)).status_code == 303
    assert (await client.post(f"{address}/appeal", {"grounds": "Again"}, as_=HEAD_OF_MILL)).status_code == 409
    await run(database, 1)
    page = words(await client.get(address, as_=HEAD_OF_MILL))
    assert "In force" in page and "Changed: Universal" in page

    change = {
        "category": "intensive",
        "reasons": "An inspection",
        "agreed_on": APP_DAY.isoformat(),
        "decision_reference": "Item 9",
    }
    assert (await client.post(f"{address}/change", change, as_=HEAD_OF_SERVICE)).status_code == 303
    assert "Universal to Intensive" in words(await client.get(address, as_=HEAD_OF_MILL))


async def test_the_differences_are_a_page_a_file_and_a_paper(client: Client) -> None:
    address = await a_proposal(client)
    await a_proposal(client, PARK)
    await discuss(client, address)
    await moderate(client, address, "intensive", "Mathematics fell too")
    page = words(await client.get("/categories/differences", as_=OFFICER))
    assert "Mill Primary School" in page and "Mathematics fell too" in page and "Park" not in page
    sheet = await client.get("/categories/differences.csv", as_=OFFICER)
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[1][:6] == [
        str(MILL),
        "Mill Primary School",
        "primary",
        "Targeted",
        "Intensive",
        "Mathematics fell too",
    ]
    assert len(rows) == 2
    paper = await client.get("/categories/differences.pdf", as_=OFFICER)
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert (await client.get("/categories/differences.pdf", as_=HEAD_OF_MILL)).status_code == 404


async def test_two_invitations_without_an_answer_are_enough(
    client: Client, owner: asyncpg.Connection
) -> None:
    address = await a_proposal(client)
    form = {"basis": "no_answer", "discussed_on": APP_DAY.isoformat(), "discussion": ""}
    refused = await client.post(f"{address}/discussion", form, as_=OFFICER)
    assert refused.status_code == 422 and "Invite the school twice" in words(refused)
    assert (await client.post(f"{address}/invitation", {}, as_=OFFICER)).status_code == 303
    early = await client.post(f"{address}/invitation", {}, as_=OFFICER)
    assert early.status_code == 409 and "can still answer the first invitation" in words(early)
    await owner.execute(
        "UPDATE support_category SET first_invited_on = $1, first_answer_by = $1",
        APP_DAY - timedelta(days=60),
    )
    assert (await client.post(f"{address}/invitation", {}, as_=OFFICER)).status_code == 303
    assert (await client.post(f"{address}/discussion", form, as_=OFFICER)).status_code == 422
    await owner.execute(
        "UPDATE support_category SET second_invited_on = $1, second_answer_by = $1",
        APP_DAY - timedelta(days=30),
    )
    assert (await client.post(f"{address}/discussion", form, as_=OFFICER)).status_code == 303


async def test_next_years_category_takes_the_place_of_the_one_in_force(
    client: Client, database: Database, owner: asyncpg.Connection
) -> None:
    old = await put_category(owner, "in_force", year="2025-26", category="intensive")
    address = await notified(client)
    await run(database, 1)
    assert "Notified" in words(await client.get(address, as_=OFFICER))
    await run(database, 60)
    assert "In force" in words(await client.get(address, as_=OFFICER))
    assert "Superseded" in words(await client.get(f"/categories/{old}", as_=OFFICER))
    page = words(await client.get("/categories/distribution", as_=OFFICER))
    assert "Movement since 2025-26" in page and "Intensive Targeted Less support 1" in page
    sheet = (await client.get("/categories/movement.csv", as_=OFFICER)).content.decode("utf-8-sig")
    assert "primary,Intensive,Targeted,Less support,1" in sheet
    sheet = (await client.get("/categories/distribution.csv", as_=OFFICER)).content.decode("utf-8-sig")
    assert f"{YEAR},primary,North,0,1,0,0" in sheet


async def test_a_panel_works_through_its_list(client: Client) -> None:
    """Each decision leads to the next school; another school is shown beside it; an interest leaves a school out."""
    mill, park = await a_proposal(client, MILL), await a_proposal(client, PARK)
    for address in (mill, park):
        await discuss(client, address)
    compared = await client.get(f"{mill}/moderation?compare={park.rpartition('/')[2]}", as_=LEAD_OF_NORTH)
    assert "Compared with Park Primary School" in words(compared)
    decided = await client.post(
        f"{mill}/moderation", {"category": "targeted", "reasons": "", "phase": "primary"}, as_=LEAD_OF_NORTH
    )
    assert decided.headers["location"] == f"{park}/moderation?phase=primary"
    last = await client.post(
        f"{park}/moderation", {"category": "targeted", "reasons": ""}, as_=DEPUTY_OF_NORTH
    )
    assert last.headers["location"] == "/categories/moderation"
    assert "Nothing to moderate" in words(await client.get("/categories/moderation", as_=LEAD_OF_NORTH))


async def test_another_panel_moderates_where_the_own_has_an_interest(
    client: Client, owner: asyncpg.Connection
) -> None:
    address = await a_proposal(client)
    await discuss(client, address)
    for one in (LEAD_OF_NORTH, DEPUTY_OF_NORTH):
        await set_interest(owner, one, MILL)
        assert await moderate(client, address, by=one) == 404
    assert await moderate(client, address, by=LEAD_OF_SOUTH) == 404
    assert (await client.post(f"{address}/panel", {"panel": str(SOUTH)}, as_=OFFICER)).status_code == 303
    assert await moderate(client, address, by=LEAD_OF_SOUTH) == 303


async def test_the_board_agrees_all_moderated_categories_at_once(
    client: Client, owner: asyncpg.Connection
) -> None:
    """Those of a school in which the head of service has an interest are left out."""
    for urn in (MILL, PARK, QUAY):
        await put_category(owner, "moderated", urn=urn)
    await set_interest(owner, HEAD_OF_SERVICE, QUAY)
    form = {"agreed_on": APP_DAY.isoformat(), "decision_reference": "Item 4"}
    assert (await client.post("/categories/agreement", form, as_=OFFICER)).status_code == 404
    assert (await client.post("/categories/agreement", form, as_=HEAD_OF_SERVICE)).status_code == 303
    assert (await client.post("/categories/notifications", {}, as_=OFFICER)).status_code == 303
    states = await owner.fetch("SELECT school_urn, state FROM support_category")
    assert {one["school_urn"]: one["state"] for one in states} == {
        MILL: "notified",
        PARK: "notified",
        QUAY: "moderated",
    }


async def test_special_schools_have_a_narrative_and_academies_an_advisory_category(
    client: Client, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE school SET kind = 'special' WHERE urn = $1", MILL)
    await owner.execute("UPDATE school SET type_group = 'Academies' WHERE urn = $1", PARK)
    address = await a_proposal(client, MILL, "")
    assert "In words, without a category" in words(await client.get(address, as_=OFFICER))
    await discuss(client, address)
    assert await moderate(client, address, "") == 303
    assert await agree(client, address, "") == 303
    assert "advisory" in words(await client.get(await a_proposal(client, PARK), as_=OFFICER))


PROPOSED = {"academic_year": YEAR, "phase": "", "category": "targeted", "reasons": "It fell", "panel": "own"}


async def test_bad_input_is_explained_and_nothing_is_written(
    client: Client, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE school SET status = 'closed' WHERE urn = $1", LOCK)
    await owner.execute("UPDATE school SET kind = 'special' WHERE urn = $1", QUAY)
    await a_proposal(client, MILL)
    park = str(PARK)
    for form, error in (
        ({"school": str(LOCK)}, "Lock Primary School is closed, so it gets no category"),
        ({"school": ""}, "Choose a school from the list"),
        ({"school": park, "academic_year": "1999-00"}, "Select the academic year"),
        ({"school": park, "category": "grade_4"}, "Select a category"),
        ({"school": park, "category": ""}, "Select a category"),
        ({"school": park, "reasons": "…"}, "Enter the reasons for the proposal"),
        ({"school": park, "phase": "secondary"}, "has no secondary phase"),
        ({"school": park, "panel": "nobody"}, "Select who moderates"),
        ({"school": str(QUAY)}, "Select no category"),
        ({"school": str(MILL)}, "This school has a category for this year already"),
    ):
        refused = await client.post("/categories", PROPOSED | form, as_=OFFICER)
        assert refused.status_code == 422, form
        assert error in words(refused), form
    assert await owner.fetchval("SELECT count(*) FROM support_category") == 1
    late = await put_category(owner, "notified", urn=PARK, appeal_by=APP_DAY - timedelta(days=1))
    refused = await client.post(f"/categories/{late}/appeal", {"grounds": "Unfair"}, as_=HEAD_OF_PARK)
    assert refused.status_code == 409 and "The last day for an appeal was" in words(refused)


async def test_other_heads_read_nothing(client: Client) -> None:
    address = await notified(client)
    for path in (address, f"{address}/appeal"):
        assert (await client.get(path, as_=HEAD_OF_LOCK)).status_code == 404
    assert "Mill" not in words(await client.get("/categories", as_=HEAD_OF_PARK))
    own = await client.get("/categories", as_=HEAD_OF_MILL)
    assert soup(own).select_one(f'main a[href="{address}"]')


async def test_an_authority_can_do_without_categories(client: Client, owner: asyncpg.Connection) -> None:
    """No page and no entry of the navigation."""
    made = await put_category(owner, "notified")
    assert soup(await client.get("/home", as_=HEAD_OF_MILL)).select_one('nav a[href="/categories"]')
    settings = settings_of(NORTHSHIRE)
    unused = msgspec.structs.replace(settings.categorisation, used=False)
    register_settings(msgspec.structs.replace(settings, categorisation=unused), 1)
    try:
        await _no_page(client, made)
    finally:
        register_settings(settings, 1)


async def _no_page(client: Client, made: UUID) -> None:
    for path in ("/categories", f"/categories/{made}"):
        assert (await client.get(path, as_=HEAD_OF_MILL)).status_code == 404
    for path in ("/categories", "/categories/new", "/categories/distribution", "/categories/differences.csv"):
        assert (await client.get(path, as_=OFFICER)).status_code == 404
    assert not soup(await client.get("/home", as_=HEAD_OF_MILL)).select_one('nav a[href="/categories"]')
