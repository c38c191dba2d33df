"""A person watches schools, finds what changed there, and is told once a day of what they may see."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from alongside.features.watched_schools.actions import notify_watchers
from alongside.features.watched_schools.queries import MOST
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.notifications.digests import write_digests
from tests.client import Client, soup, words
from tests.databases import APP_DAY
from tests.features.agreements.builders import a_need, an_offer
from tests.features.escalations.builders import an_escalation
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SCHOOLS,
    TWIN_HEAD_OF_MILL,
    Persona,
)

TOMORROW = max(APP_DAY, datetime.now(UTC).date()) + timedelta(days=1)


async def watch(client: Client, urn: int, one: Persona) -> None:
    """Press the button on the page of a school."""
    assert (await client.post(f"/schools/{urn}/watch", {}, as_=one)).status_code == 303


async def tell(database: Database, day: date = TOMORROW) -> int:
    """Run the daily job."""
    async with database.transaction(NORTHSHIRE) as session:
        return await notify_watchers(session, system(NORTHSHIRE, day))


async def notified(database: Database, one: Persona) -> list[str]:
    """Return what a person was told of watched schools."""
    async with database.transaction(one.authority_id, read_only=True) as session:
        sql = "SELECT text FROM notification WHERE person_id = :id AND kind = 'school_watched' ORDER BY id"
        return list((await session.scalars(text(sql), {"id": one.person_id})).all())


async def test_a_school_is_watched_from_its_page_and_listed_on_home(client: Client) -> None:
    page = soup(await client.get(f"/schools/{QUAY}", as_=HEAD_OF_MILL))
    assert page.select_one(f'form[action="/schools/{QUAY}/watch"]')
    for _ in range(2):
        await watch(client, QUAY, HEAD_OF_MILL)
    page = soup(await client.get(f"/schools/{QUAY}", as_=HEAD_OF_MILL))
    assert page.select_one(f'form[action="/schools/{QUAY}/unwatch"]')
    assert not page.select_one(f'form[action="/schools/{QUAY}/watch"]')
    await watch(client, MILL, OFFICER)
    assert SCHOOLS[QUAY] in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert "Schools you watch" in words(await client.get("/consortium", as_=OFFICER))
    assert "Schools you watch" not in words(await client.get("/home", as_=HEAD_OF_PARK))
    listed = await client.get("/watched-schools", as_=HEAD_OF_MILL)
    assert SCHOOLS[QUAY] in words(listed) and "Nothing new in the last 14 days" in words(listed)
    assert (await client.post(f"/schools/{QUAY}/unwatch", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "You watch no school" in words(await client.get("/watched-schools", as_=HEAD_OF_MILL))
    assert SCHOOLS[MILL] in words(await client.get("/watched-schools", as_=OFFICER))


async def test_the_own_school_a_missing_one_and_too_many_are_refused(
    client: Client, database: Database
) -> None:
    assert (await client.post(f"/schools/{MILL}/watch", {}, as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post("/schools/123456/watch", {}, as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post("/schools/99999999999999/watch", {}, as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post(f"/schools/{MILL}/watch", {}, as_=ADMINISTRATOR)).status_code == 404
    assert "/watch" not in (await client.get(f"/schools/{MILL}", as_=HEAD_OF_MILL)).text.partition("<main")[2]
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO school (authority_id, urn, name, phase, status, kind)"
                " SELECT authority_id, urn + n, name || n, phase, status, kind FROM school, generate_series(1000, :most) n"
                " WHERE urn = :urn"
            ),
            {"urn": MILL, "most": 999 + MOST},
        )
        await session.execute(
            text(
                "INSERT INTO watched_school (authority_id, person_id, role_assignment_id, school_urn)"
                " SELECT authority_id, :person, :role, urn FROM school WHERE urn >= :first"
            ),
            {"person": OFFICER.person_id, "role": OFFICER.role_assignment_id, "first": MILL + 1000},
        )
    answer = await client.post(f"/schools/{MILL}/watch", {}, as_=OFFICER)
    assert answer.status_code == 409 and "Stop watching one of them" in answer.text


async def test_each_watcher_hears_once_a_day_of_what_they_may_see(client: Client, database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await an_offer(session, QUAY, title="Before anybody watched")
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH, OFFICER):
        await watch(client, QUAY, one)
    await client.post(f"/schools/{QUAY}/watch", {}, as_=TWIN_HEAD_OF_MILL)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE person SET mail_choice = 'daily' WHERE id = :id"), {"id": OFFICER.person_id}
        )
        await an_offer(session, QUAY, title="Confidential to the south", visible_to_authority_from=None)
        await an_offer(session, QUAY, title="An offer to everybody")
        await a_need(session, QUAY, title="A need in the south", visible_to_authority_from=None)
        await an_offer(session, PARK, title="Of a school that nobody watches")
    assert await tell(database) == 4
    assert await notified(database, HEAD_OF_MILL) == ["News of 1 school that you watch: 1 new offer."]
    assert await notified(database, LEAD_OF_NORTH) == ["News of 1 school that you watch: 1 new offer."]
    both = ["News of 1 school that you watch: 1 new support need, 2 new offers."]
    assert await notified(database, LEAD_OF_SOUTH) == both
    assert await notified(database, OFFICER) == both
    assert await notified(database, HEAD_OF_PARK) == []
    assert await tell(database) == 0
    assert await tell(database, TOMORROW + timedelta(days=1)) == 4
    assert len(await notified(database, OFFICER)) == 1
    async with database.transaction(NORTHSHIRE) as session:
        await write_digests(session, system(NORTHSHIRE, TOMORROW))
        digest = "SELECT body FROM email_outbox WHERE message_id LIKE 'digest-%'"
        assert (await session.scalars(text(digest))).all() == [f"- {both[0]}"]
        mails = (await session.scalars(text("SELECT subject || body FROM email_outbox"))).all()
    assert not [mail for mail in mails if SCHOOLS[QUAY] in mail or "offer to everybody" in mail]
    listed = words(await client.get("/watched-schools", as_=HEAD_OF_MILL))
    assert "Confidential to the south" not in listed and "A need in the south" not in listed


async def test_what_becomes_visible_later_is_news_after_that_day(client: Client, database: Database) -> None:
    await watch(client, QUAY, HEAD_OF_MILL)
    shown_from = TOMORROW + timedelta(days=2)
    async with database.transaction(NORTHSHIRE) as session:
        await an_offer(session, QUAY, visible_to_authority_from=shown_from)
    for day, number in ((0, 0), (1, 0), (2, 0), (3, 1), (4, 1)):
        await tell(database, TOMORROW + timedelta(days=day))
        assert len(await notified(database, HEAD_OF_MILL)) == number, day


async def test_an_escalation_is_told_without_a_name_to_those_who_may_read_it(
    client: Client, database: Database
) -> None:
    for one in (LEAD_OF_NORTH, LEAD_OF_SOUTH, OFFICER, HEAD_OF_PARK):
        await watch(client, MILL, one)
    await an_escalation(database)
    await tell(database)
    assert await notified(database, OFFICER) == ["News of 1 school that you watch: 1 other change."]
    assert await notified(database, LEAD_OF_NORTH) == ["News of 1 school that you watch: 1 other change."]
    assert await notified(database, LEAD_OF_SOUTH) == await notified(database, HEAD_OF_PARK) == []


async def test_watching_ends_with_the_role(client: Client, database: Database) -> None:
    await watch(client, QUAY, HEAD_OF_MILL)
    await watch(client, QUAY, OFFICER)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE role_assignment SET ends_on = starts_on WHERE id = :id"),
            {"id": HEAD_OF_MILL.role_assignment_id},
        )
        left = (await session.scalars(text("SELECT person_id FROM watched_school"))).all()
    assert left == [OFFICER.person_id]
