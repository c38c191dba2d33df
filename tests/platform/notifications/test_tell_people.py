"""Notifications are written with the action or not at all, once, and emailed as the person chose."""

from datetime import date

import pytest
from sqlalchemy import text

from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify
from alongside.platform.notifications.digests import write_digests
from alongside.platform.notifications.queries import latest_notifications, unread_notifications
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE, SOUTHSHIRE
from tests.platform.notifications.mail_server import SCHOOL_DAY, change, emails, tell_about

MILL, PARK, QUAY = HEAD_OF_MILL.person_id, HEAD_OF_PARK.person_id, HEAD_OF_QUAY.person_id


async def test_an_act_that_fails_tells_nobody(database: Database) -> None:
    async def act() -> None:
        async with database.transaction(NORTHSHIRE) as session:
            await notify(session, system(NORTHSHIRE, SCHOOL_DAY), [MILL], "k", "Text.", "/needs", once="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await act()
    assert await emails(database) == []


async def test_the_same_thing_is_told_once_however_often_the_act_is_tried(database: Database) -> None:
    for _ in range(3):
        await tell_about(database, [PARK, MILL, PARK], "need:1")
    assert sorted(one.person_id for one in await emails(database)) == sorted([MILL, PARK])


async def test_who_acts_is_not_told_and_another_authority_hears_nothing(database: Database) -> None:
    mina = Principal(NORTHSHIRE, Role.HEADTEACHER, SCHOOL_DAY, id=MILL)
    async with database.transaction(NORTHSHIRE) as session:
        await notify(session, mina, [MILL, PARK], "k", "Text.", "/needs", once="a")
        assert await unread_notifications(session, mina) == 0
    assert [one.person_id for one in await emails(database)] == [PARK]
    assert await emails(database, SOUTHSHIRE) == []


async def test_mail_comes_as_each_chose_and_the_page_shows_it_in_any_case(database: Database) -> None:
    await change(database, "UPDATE person SET mail_choice = 'daily' WHERE id = :id", id=PARK)
    await change(database, "UPDATE person SET mail_choice = 'none' WHERE id = :id", id=QUAY)
    await tell_about(database, [MILL, PARK, QUAY], "need:1")
    assert [one.person_id for one in await emails(database)] == [MILL]
    for one in (MILL, PARK, QUAY):
        async with database.transaction(NORTHSHIRE) as session:
            output = await latest_notifications(
                session, Principal(NORTHSHIRE, Role.HEADTEACHER, SCHOOL_DAY, id=one), 5
            )
        assert [row.text for row in output] == ["A need was posted."]


async def test_who_left_gets_no_email(database: Database) -> None:
    await change(database, "UPDATE person SET left_on = :day WHERE id = :id", id=MILL, day=SCHOOL_DAY)
    await tell_about(database, [MILL], "need:1")
    assert await emails(database) == []


async def test_the_daily_email_holds_each_notice_once(database: Database) -> None:
    await change(database, "UPDATE person SET mail_choice = 'daily' WHERE id = :id", id=PARK)
    await tell_about(database, [PARK], "need:1", text_="First.")
    await tell_about(database, [PARK], "need:2", text_="Second.")
    for _ in range(2):
        async with database.transaction(NORTHSHIRE) as session:
            await write_digests(session, system(NORTHSHIRE, SCHOOL_DAY))
    [rendered] = await emails(database)
    assert (rendered.subject, rendered.body) == ("2 notifications for you", "- First.\n- Second.")

    await tell_about(database, [PARK], "need:3", text_="Third.")
    async with database.transaction(NORTHSHIRE) as session:
        await write_digests(session, system(NORTHSHIRE, SCHOOL_DAY))
    assert len(await emails(database)) == 1, "one a day"
    async with database.transaction(NORTHSHIRE) as session:
        await write_digests(session, system(NORTHSHIRE, date(2026, 11, 25)))
    assert [one.body for one in await emails(database)][1:] == ["- Third."]


async def test_a_long_daily_email_says_how_much_more_there_is(database: Database) -> None:
    await change(database, "UPDATE person SET mail_choice = 'daily' WHERE id = :id", id=PARK)
    for number in range(30):
        await tell_about(database, [PARK], f"need:{number}")
    async with database.transaction(NORTHSHIRE) as session:
        await write_digests(session, system(NORTHSHIRE, SCHOOL_DAY))
        body = await session.scalar(text("SELECT body FROM email_outbox"))
    assert body.count("\n") == 25
    assert body.endswith("- and 5 more")
