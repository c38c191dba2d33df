"""Subscriptions to themes and schools, notifications about new visible entries, and saved searches."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from alongside.features.directory.subscriptions.actions import follow, notify_subscribers
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.directory.search_index import TODAY, insert_entry, requester
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    MEMBERS,
    MILL,
    NORTHSHIRE,
    PARK,
    PERSONAS,
    QUAY,
    SOUTHSHIRE,
    Persona,
)

TOMORROW = max(TODAY, datetime.now(UTC).date()) + timedelta(days=1)
"""After what PostgreSQL calls now, and after the day of the app."""


async def tell(database: Database, authority_id: int = NORTHSHIRE, day: Any = TOMORROW) -> int:
    """Run the morning's scheduled job."""
    async with database.transaction(authority_id) as session:
        return await notify_subscribers(session, system(authority_id, day))


async def notified(database: Database, one: Persona, column: str = "text") -> list[str]:
    """The notifications about subscriptions that a person received."""
    async with database.transaction(one.authority_id, read_only=True) as session:
        sql = f"SELECT {column} FROM notification WHERE person_id = :id AND kind = 'practice_followed' ORDER BY id"
        return list((await session.scalars(text(sql), {"id": one.person_id})).all())


async def test_a_follower_hears_once_of_what_is_new_and_the_mail_names_no_entry(
    client: Client, database: Database
) -> None:
    """The theme, a number and a link; never the entry's title."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Old", themes=["attendance"], listed_at=None)
    answer = await client.post("/directory/subscriptions/themes", {"theme": "attendance"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    async with database.transaction(NORTHSHIRE) as session:
        for title in ("Confidential title one", "Confidential title two"):
            await insert_entry(
                session, title, themes=["attendance"], school_urn=QUAY, listed_at=text("now()")
            )
        await insert_entry(
            session, "Another theme", themes=["writing"], school_urn=QUAY, listed_at=text("now()")
        )
    assert await tell(database) == 1
    assert await notified(database, HEAD_OF_MILL) == [
        "2 new entries of good practice on Attendance, which you follow."
    ]
    assert await notified(database, HEAD_OF_MILL, "path") == ["/directory?theme=attendance&sort=newest"]
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        mails = (
            (await session.execute(text("SELECT subject || body || path FROM email_outbox"))).scalars().all()
        )
    assert len(mails) == 1 and "Confidential" not in mails[0]
    assert await tell(database) == 0
    await tell(database, day=TOMORROW + timedelta(days=1))
    assert len(await notified(database, HEAD_OF_MILL)) == 1


async def test_a_school_is_followed_from_its_own_page_on(client: Client, database: Database) -> None:
    """A school of the authority can be followed; another authority's URN is not found."""
    assert (
        await client.post(f"/directory/subscriptions/schools/{QUAY}", as_=HEAD_OF_MILL)
    ).status_code == 303
    assert (await client.post("/directory/subscriptions/schools/123456", as_=HEAD_OF_MILL)).status_code == 404
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Of Quay", school_urn=QUAY, listed_at=text("now()"))
        await insert_entry(session, "Of Park", school_urn=PARK, listed_at=text("now()"))
    await tell(database)
    assert await notified(database, HEAD_OF_MILL) == [
        "1 new entry of good practice from Quay Primary School, which you follow."
    ]


async def test_what_followers_hear_of_is_what_the_policy_lets_them_see(database: Database) -> None:
    """Every person follows, an entry of each visibility is new; nobody is notified of an entry they could not open."""
    entries = (
        (MILL, None),
        (PARK, TODAY),
        (QUAY, None),
        (QUAY, TODAY + timedelta(days=30)),
        (None, TODAY),
    )
    people: dict[str | None, Principal] = {one.name: requester(one, _schools_of(one)) for one in PERSONAS}
    async with database.transaction(NORTHSHIRE) as session:
        for person in people.values():
            await follow(session, person, "theme", "attendance", "Attendance")
    async with database.transaction(NORTHSHIRE) as session:
        for number, (urn, shown) in enumerate(entries):
            await insert_entry(
                session,
                f"Entry {number}",
                themes=["attendance"],
                school_urn=urn,
                visible_to_authority_from=shown,
                listed_at=text("now()"),
            )
    await tell(database)
    compared = 0
    for one in PERSONAS:
        person = people[one.name]
        seen = sum(
            may(person, Permission.VIEW_ENTRY, urn, visible_to_authority_from=shown) for urn, shown in entries
        )
        heard = await notified(database, one)
        expected = (
            f"{seen} new entr{'y' if seen == 1 else 'ies'} of good practice on Attendance, which you follow."
        )
        assert heard == ([expected] if seen else []), one.name
        compared += seen
    assert compared > 20


def _schools_of(one: Persona) -> set[int]:
    """The current members of the consortia of a person."""
    mine = {one.consortium_id, MEMBERS.get(one.school_urn or 0)} - {None}
    return {urn for urn, consortium in MEMBERS.items() if consortium in mine}


async def test_the_twin_hears_nothing_of_it(client: Client, database: Database) -> None:
    """Subscribers of another authority, with the same ids, are notified by their own job of their own entries."""
    twin = HEAD_OF_MILL.twin
    for one in (HEAD_OF_MILL, twin):
        await client.post("/directory/subscriptions/themes", {"theme": "attendance"}, as_=one)
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Ours", themes=["attendance"], school_urn=MILL, listed_at=text("now()"))
    await tell(database)
    await tell(database, SOUTHSHIRE)
    assert len(await notified(database, HEAD_OF_MILL)) == 1 and await notified(database, twin) == []


async def test_who_has_left_the_consortium_hears_no_more_of_it(client: Client, database: Database) -> None:
    """The scope is that of the morning of the notification, not of the subscription."""
    await client.post("/directory/subscriptions/themes", {"theme": "attendance"}, as_=HEAD_OF_PARK)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE consortium_membership SET ends_on = :day WHERE school_urn = :urn"),
            {"day": TODAY, "urn": PARK},
        )
        await insert_entry(
            session,
            "Mill's",
            themes=["attendance"],
            school_urn=MILL,
            visible_to_authority_from=None,
            listed_at=text("now()"),
        )
    await tell(database)
    assert await notified(database, HEAD_OF_PARK) == []


async def test_a_search_is_kept_found_again_and_removed_by_nobody_else(client: Client) -> None:
    """Saved under a name; its URL repeats the search."""
    page = soup(await client.get("/directory?q=phonics&theme=early_reading", as_=HEAD_OF_MILL))
    link = page.find("a", string="Save this search")
    assert link is not None
    form = soup(await client.get(str(link["href"]), as_=HEAD_OF_MILL)).select_one("main form")
    assert form is not None
    stored = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}
    answer = await client.post(str(form["action"]), stored | {"name": "Phonics"}, as_=HEAD_OF_MILL)
    assert answer.headers["location"] == "/directory?q=phonics&theme=early_reading"
    mine = soup(await client.get("/directory/subscriptions", as_=HEAD_OF_MILL))
    kept = mine.find("a", string="Phonics")
    assert kept is not None and kept["href"] == "/directory?q=phonics&theme=early_reading"
    removal = str(mine.select_one("form[action$='/end']")["action"])  # type: ignore[index]
    for other in (HEAD_OF_QUAY, HEAD_OF_MILL.twin):
        assert "Phonics" not in words(await client.get("/directory/subscriptions", as_=other))
        assert (await client.post(removal, as_=other)).status_code == 404
    assert (await client.post(removal, as_=HEAD_OF_MILL)).status_code == 303
    assert "Phonics" not in words(await client.get("/directory/subscriptions", as_=HEAD_OF_MILL))


async def test_what_cannot_be_followed_or_kept_is_named(client: Client) -> None:
    """An unknown theme, a search without a name, a name too long: each error says what to do."""
    answer = await client.post("/directory/subscriptions/themes", {"theme": "alchemy"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 422 and "Select a theme" in words(answer)
    for name, cure in (("", "Enter a name for the search"), ("x" * 61, "60 characters or fewer")):
        answer = await client.post(
            "/directory/subscriptions/searches", {"name": name, "q": "maths"}, as_=HEAD_OF_MILL
        )
        assert answer.status_code == 422 and cure in words(answer)
        assert soup(answer).select_one("main input[name=q]")["value"] == "maths"  # type: ignore[index]
