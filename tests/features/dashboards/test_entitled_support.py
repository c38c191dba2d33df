"""Support that a category gives, beside what is agreed and received: the tracker, its file and match plans."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import text

from alongside.features.agreements.parties import identify_requester
from alongside.features.authorities import register_settings, settings_of
from alongside.features.authorities.settings import Entitlement
from alongside.features.matching.problem_input.entitlements import schools_short_of_support
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import a_need, a_running_agreement, acting, an_offer
from tests.features.authorities.test_every_setting_has_an_effect import with_setting
from tests.features.categories.builders import put_category, set_interest
from tests.features.escalations.builders import a_running_escalation
from tests.features.matching.builders import ask, partners, work
from tests.personas import HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, OFFICER, PARK, QUAY

SYSTEM = system(NORTHSHIRE, APP_DAY)


@pytest.fixture
async def owner(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def _record_a_visit(database: Database, agreement: object, days: Decimal) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(HEAD_OF_PARK))
        await session.execute(
            text(
                "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, done, record_due_on)"
                " VALUES (901, :id, 'planned', :on, :days, 'Reading', '', :on)"
            ),
            {"id": agreement, "on": APP_DAY, "days": days},
        )
        await session.execute(
            text(
                "UPDATE visit SET state = 'recorded', done = 'Seen', recorded_at = now(), recorded_side = 'supporting',"
                " answer = 'waiting', answer_asked_on = visit_on, answer_due_on = visit_on"
            )
        )


async def test_the_tracker_compares_what_is_agreed_with_what_the_category_gives(
    client: Client, database: Database, owner: asyncpg.Connection
) -> None:
    """Days agreed and received, and challenge visits; a lead with an interest reads no category and no days."""
    await put_category(owner, "in_force", urn=MILL, category="targeted")
    await put_category(owner, "in_force", urn=PARK, category="universal")
    agreement = await a_running_agreement(database)
    await _record_a_visit(database, agreement, Decimal("0.5"))
    agreed = await owner.fetchval("SELECT days FROM support_agreement WHERE id = $1", agreement)
    said = f"5: {agreed.normalize():f} agreed, 0.5 received"

    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    mill = next(one for one in page.select("main tbody tr") if "Mill Primary School" in one.get_text())
    assert " ".join(element(mill, "td[data-label='Support days']").get_text().split()) == said
    assert element(mill, "td[data-label='Challenge visits']").get_text() == "0 of 2"
    park = next(one for one in page.select("main tbody tr") if "Park Primary School" in one.get_text())
    assert element(park, "td[data-label='Support days']").get_text() == "none"
    assert element(park, "td[data-label='Challenge visits']").get_text() == "0 of 1"

    short = soup(await client.get("/consortium?short=y", as_=LEAD_OF_NORTH))
    assert [one.get_text() for one in short.select("main tbody th a")] == ["Mill Primary School"]
    answer = await client.get("/consortium/tracker.csv?short=y", as_=OFFICER)
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Support days entitled"], row["Support days agreed"], row["Support days received"]) == (
        "5",
        f"{agreed}",
        "0.5",
    )
    assert (row["Challenge visits entitled"], row["Challenge visits made"]) == ("2", "0")

    await set_interest(owner, LEAD_OF_NORTH, MILL)
    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    mill = next(one for one in page.select("main tbody tr") if "Mill Primary School" in one.get_text())
    assert element(mill, "td[data-label='Support days']").get_text() == "none"
    assert "No school matches" in words(await client.get("/consortium?short=y", as_=LEAD_OF_NORTH))

    settings = settings_of(NORTHSHIRE)
    register_settings(with_setting("entitlement", Entitlement(adviser_sessions=0, challenge_visits=3)), 1)
    try:
        page = soup(await client.get("/consortium", as_=OFFICER))
    finally:
        register_settings(settings, 1)
    assert {one.get_text() for one in page.select("main td[data-label='Challenge visits']")} == {"0 of 3"}


async def test_a_recorded_visit_of_an_escalation_counts_as_a_challenge_visit(
    client: Client, database: Database, owner: asyncpg.Connection
) -> None:
    """One of this school year counts, one of the year before does not."""
    await put_category(owner, "in_force", urn=MILL, category="targeted")
    escalation = await a_running_escalation(database)
    for day in (APP_DAY, APP_DAY - timedelta(days=200)):
        await owner.execute(
            "INSERT INTO escalation_visit (authority_id, escalation_id, visit_on, hours, who, focus, found, recorded_by)"
            " VALUES (901, $1, $2, 2, 'Two officers', 'Reading', 'Phonics is taught daily', $3)",
            escalation,
            day,
            OFFICER.person_id,
        )
    page = soup(await client.get("/consortium", as_=OFFICER))
    mill = next(one for one in page.select("main tbody tr") if "Mill Primary School" in one.get_text())
    assert element(mill, "td[data-label='Challenge visits']").get_text() == "1 of 2"


async def test_a_plan_gives_the_scarce_offer_to_the_school_that_is_short_of_support(
    client: Client, database: Database, owner: asyncpg.Connection
) -> None:
    """Two needs of one urgency and one offer: the need of the school with unmet days is matched, whoever posted first."""
    async with database.transaction(NORTHSHIRE) as session:
        for urn, title in ((MILL, "Fluency at Mill"), (PARK, "Fluency at Park")):
            await a_need(session, urn, days=2, title=title)
        await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"])
    for urn in (PARK, MILL):
        await owner.execute("DELETE FROM support_category WHERE authority_id = 901")
        await put_category(owner, "in_force", urn=urn, category="intensive")
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            assert await schools_short_of_support(session, SYSTEM) == {urn}
        where = await ask(client)
        await work(database)
        matched = {need for need, offer in (await partners(database, where)).items() if offer}
        assert matched == {"Fluency at Park" if urn == PARK else "Fluency at Mill"}
