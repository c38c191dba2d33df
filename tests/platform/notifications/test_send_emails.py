"""Emails are sent once, retried with growing pauses, and finally listed as failed."""

import asyncio
from typing import Any

import pytest
from httpx import Response

from alongside.platform.database.session import Database
from alongside.platform.notifications.delivery import deliver_batch
from alongside.platform.notifications.email_messages import RenderedEmail, one_line
from alongside.platform.notifications.transports import Smtp
from tests.client import Client, soup, words
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, OFFICER, SOUTHSHIRE
from tests.platform.notifications.mail_server import (
    SCHOOL_DAY,
    SENDER,
    change,
    emails,
    mail_server,
    origin,
    send_all,
    sender_over,
    tell_about,
)

MILL = HEAD_OF_MILL.person_id
DUE_AGAIN = "UPDATE email_outbox SET run_at = now() - interval '1 second' WHERE state = 'waiting'"
LEASE_OVER = "UPDATE email_outbox SET lease_until = now() - interval '1 second' WHERE state = 'sending'"


async def test_an_email_carries_a_link_and_says_who_sends_it_and_how_to_have_less(database: Database) -> None:
    await tell_about(database, [MILL], "1", text_="O’Neill & Sons School <primary> posted a need.")
    async with mail_server() as room:
        assert await send_all(sender_over(database, Smtp(room.url, SENDER))) == 1
    [rendered] = room.copies
    assert rendered["To"] == f"mina.mill@{NORTHSHIRE}.example"
    assert rendered["Subject"] == "Northshire: O’Neill & Sons School <primary> posted a need."
    assert rendered["List-Unsubscribe"] == "<https://northshire.example/account>"
    assert rendered["Reply-To"] == "answers@northshire.example"
    plain, html = rendered.get_body(("plain",)), rendered.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "O’Neill & Sons School <primary> posted" in plain.get_content()
    assert "https://northshire.example/needs/1\r\n" in plain.get_content()
    assert "Sons School &lt;primary&gt; posted" in html.get_content()


async def test_a_line_break_in_a_name_begins_no_header(database: Database) -> None:
    await tell_about(database, [MILL], "1", text_="Mill\r\nBcc: evil@evil.example\r\n\r\nposted a need.")
    async with mail_server() as room:
        await send_all(sender_over(database, Smtp(room.url, SENDER)))
    [rendered] = room.copies
    assert rendered["Bcc"] is None
    assert "\n" not in str(rendered["Subject"])


def test_a_header_line_holds_no_control_characters() -> None:
    assert one_line("a\x00b\u2028c\x1b[31m\td") == "a b c [31m d"


async def test_sent_once_by_many_senders_at_a_time(database: Database) -> None:
    for number in range(60):
        await tell_about(database, [MILL], str(number))
    async with mail_server() as room:
        sender = sender_over(database, Smtp(room.url, SENDER))
        await asyncio.gather(*(send_all(sender) for _ in range(4)))
    assert len(room.copies) == len(room.inbox) == 60
    assert {one.state for one in await emails(database)} == {"sent"}


async def test_a_server_that_is_busy_is_tried_later_and_later_with_the_same_message_id(
    database: Database,
) -> None:
    await tell_about(database, [MILL], "1")
    seen: list[str] = []

    async def busy(message: Any, _: Any) -> str:
        seen.append(message["Message-ID"])
        return "451 come back later"

    async with mail_server() as room:
        room.answer = busy
        sender = sender_over(database, Smtp(room.url, SENDER))
        pauses = []
        for _ in range(6):
            assert await deliver_batch(sender, origin(), ("school_hours",), SCHOOL_DAY) == 1
            assert await deliver_batch(sender, origin(), ("school_hours",), SCHOOL_DAY) == 0, (
                "not before it is due"
            )
            [rendered] = await emails(database)
            pauses.append(round((rendered.run_at - rendered.written_at).total_seconds() / 60))
            await change(database, DUE_AGAIN)
        assert rendered.state == "given_up"
        assert rendered.last_error == "451 come back later"
    assert pauses[:5] == [1, 5, 30, 120, 480]
    assert len(set(seen)) == 1
    assert len(seen) == 6


async def test_an_address_that_is_refused_for_good_is_not_tried_again(database: Database) -> None:
    await change(database, "UPDATE person SET email = 'not an address' WHERE id = :id", id=MILL)
    await tell_about(database, [MILL], "1")
    async with mail_server() as room:
        await send_all(sender_over(database, Smtp(room.url, SENDER)))
    [rendered] = await emails(database)
    assert (rendered.state, rendered.attempt) == ("given_up", 1)


async def test_a_sender_that_died_after_handing_over_leaves_one_email_in_the_mailbox(
    database: Database,
) -> None:
    await tell_about(database, [MILL], "1")
    async with mail_server() as room:
        smtp = Smtp(room.url, SENDER)

        async def then_die(rendered: RenderedEmail) -> None:
            await smtp(rendered)
            raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await deliver_batch(sender_over(database, then_die), origin(), ("school_hours",), SCHOOL_DAY)
        assert [one.state for one in await emails(database)] == ["sending"]
        assert await send_all(sender_over(database, smtp)) == 0, "its lease holds"
        await change(database, LEASE_OVER)
        assert await send_all(sender_over(database, smtp)) == 1
    assert [one.state for one in await emails(database)] == ["sent"]
    assert len(room.inbox) == 1


async def test_a_sender_that_slept_past_its_lease_marks_nothing(database: Database) -> None:
    await tell_about(database, [MILL], "1")
    woken = asyncio.Event()

    async def asleep(_: RenderedEmail) -> None:
        await woken.wait()
        raise OSError("the line was cut while it slept")

    async with mail_server() as room:
        slow = asyncio.create_task(
            deliver_batch(sender_over(database, asleep), origin(), ("school_hours",), SCHOOL_DAY)
        )
        while [one.state for one in await emails(database)] != ["sending"]:
            await asyncio.sleep(0.02)
        await change(database, LEASE_OVER)
        assert await send_all(sender_over(database, Smtp(room.url, SENDER))) == 1
        woken.set()
        await slow
    [rendered] = await emails(database)
    assert (rendered.state, rendered.attempt, rendered.last_error) == ("sent", 2, None)


async def test_an_email_that_kills_every_sender_is_given_up(database: Database) -> None:
    await tell_about(database, [MILL], "1")
    await change(
        database,
        "UPDATE email_outbox SET state = 'sending', attempt = 6, lease_until = now() - interval '1 s'",
    )
    async with mail_server() as room:
        assert await send_all(sender_over(database, Smtp(room.url, SENDER))) == 0
    [rendered] = await emails(database)
    assert rendered.state == "given_up"
    assert rendered.last_error


async def test_an_email_waits_for_school_hours_and_an_invitation_does_not(database: Database) -> None:
    await tell_about(database, [MILL], "1")
    await change(
        database,
        "INSERT INTO email_outbox (authority_id, to_address, subject, body) VALUES (901, 'new@x.example', 'Come', 'https://secret')",
    )
    async with mail_server() as room:
        sender = sender_over(database, Smtp(room.url, SENDER))
        await send_all(sender, hours=("waking_hours",))
        assert [one["To"] for one in room.copies] == ["new@x.example"]
        await send_all(sender)
    assert len(room.copies) == 2
    invitation = next(one for one in await emails(database) if one.person_id is None)
    assert invitation.body == "", "its link is not kept once it has left"


async def test_who_wants_no_emails_any_more_gets_none_that_still_waited(database: Database) -> None:
    await tell_about(database, [MILL], "1")
    await change(database, "UPDATE person SET mail_choice = 'none' WHERE id = :id", id=MILL)
    async with mail_server() as room:
        await send_all(sender_over(database, Smtp(room.url, SENDER)))
    assert room.copies == []
    assert [one.state for one in await emails(database)] == ["not_wanted"]


async def test_another_authoritys_emails_stay_where_they_are(database: Database) -> None:
    await tell_about(database, [MILL], "1", SOUTHSHIRE)
    async with mail_server() as room:
        await send_all(sender_over(database, Smtp(room.url, SENDER)))
    assert room.copies == []


async def test_emails_given_up_are_listed_and_sent_again(client: Client, database: Database) -> None:
    await tell_about(database, [MILL], "1")
    await change(
        database,
        "UPDATE email_outbox SET state = 'given_up', attempt = 6, last_error = '550 no such mailbox'",
    )
    page = await client.get("/failed-emails", ADMINISTRATOR)
    assert "550 no such mailbox" in words(page)
    assert "mina.mill@901.example" in words(page)
    [rendered] = await emails(database)
    assert (await client.get("/failed-emails", OFFICER)).status_code == 404
    assert (await client.post(f"/failed-emails/{rendered.id}/send", as_=OFFICER)).status_code == 404
    assert (
        await client.post(f"/failed-emails/{rendered.id}/send", as_=ADMINISTRATOR.twin)
    ).status_code == 404
    assert (await client.post(f"/failed-emails/{rendered.id}/send", as_=ADMINISTRATOR)).status_code == 303
    assert "550" not in words(await client.get("/failed-emails", ADMINISTRATOR))
    async with mail_server() as room:
        await send_all(sender_over(database, Smtp(room.url, SENDER)))
    assert len(room.copies) == 1


def to_do(page: Response) -> str:
    """Return the count beside “Notifications” in the navigation; empty if there is none."""
    count = soup(page).select_one('nav a[href="/notifications"] .alongside-navigation__count')
    return " ".join(count.get_text().split()) if count else ""


async def test_notifications_are_listed_counted_and_marked_as_done(
    client: Client, database: Database
) -> None:
    for once in ("1", "2"):
        await tell_about(database, [MILL], once, text_=f"Park posted need {once}.")
    page = await client.get("/notifications", HEAD_OF_MILL)
    assert "Park posted need 1." in words(page)
    assert "2 notifications are not done" in words(page)
    assert to_do(page) == to_do(await client.get("/needs-and-offers", HEAD_OF_MILL)) == "2 to do"
    for other in (HEAD_OF_PARK, HEAD_OF_MILL.twin):
        assert to_do(await client.get("/notifications", other)) == ""
        assert "Park posted" not in words(await client.get("/notifications", other))
    newest = soup(page).select_one("main li form")
    assert newest is not None
    for other in (HEAD_OF_PARK, HEAD_OF_MILL.twin):
        assert (await client.post(str(newest["action"]), as_=other)).status_code == 404
    for _ in range(2):
        assert (await client.post(str(newest["action"]), as_=HEAD_OF_MILL)).status_code == 303
    page = await client.get("/notifications", HEAD_OF_MILL)
    assert to_do(page) == "1 to do"
    assert [
        " ".join(one.get_text().split())
        for one in soup(page).select("main .alongside-card__facts li:first-child")
    ] == [
        "Done",
        "To do",
    ]
    assert (await client.post("/notifications/done", as_=HEAD_OF_MILL)).status_code == 303
    page = await client.get("/notifications", HEAD_OF_MILL)
    assert "You have done everything." in words(page) and to_do(page) == ""


async def test_the_outbox_can_be_read_in_the_demonstration_only(client: Client, database: Database) -> None:
    await tell_about(database, [MILL], "1", text_="Park posted a need.")
    assert "Park posted a need." in words(await client.get("/outbox", HEAD_OF_PARK))
    assert "Park posted a need." not in words(await client.get("/outbox", HEAD_OF_PARK.twin))
    client.app.state.app_context.demonstration = False
    assert (await client.get("/outbox", HEAD_OF_PARK)).status_code == 404
