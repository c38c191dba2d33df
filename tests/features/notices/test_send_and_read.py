"""The whole journey of a notice over HTTP: write, send, read, ask, answer, correct, withdraw, and who opened it."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import text

from alongside.features.data_retention.actions import purge_expired
from alongside.features.notices import limits
from alongside.features.notices.access_policy import identify_requester
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_date
from tests.client import Client, soup, words
from tests.databases import APP_DAY
from tests.features.notices.builders import (
    EVENT,
    LATER,
    TO_NORTH,
    a_draft,
    a_notice,
    attach,
    id_of,
    sees,
    written,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    TWIN_OFFICER,
    Persona,
)


async def notified(database: Database, one: Persona) -> list[str]:
    """Return the texts of a person's notifications, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT text FROM notification WHERE person_id = :id ORDER BY id"), {"id": one.person_id}
        )
        return list(found.scalars())


async def test_each_kind_of_recipient_is_notified_in_their_own_words(
    client: Client, database: Database
) -> None:
    await a_notice(client, OFFICER, audience=TO_NORTH, with_delegates="y")
    await a_notice(client, OFFICER, audience="leads", title="Leads meet")
    assert await notified(database, HEAD_OF_MILL) == [
        "The core team sent a notice to headteachers: Moderation meeting."
        f" Read it by {format_date(LATER)}, and ask there if something is not clear."
    ]
    (delegate,) = await notified(database, DELEGATE_OF_MILL)
    assert "to headteachers and their delegates: Moderation meeting" in delegate
    (lead,) = await notified(database, LEAD_OF_NORTH)
    assert "to consortium leads: Leads meet" in lead
    assert await notified(database, HEAD_OF_LOCK) == await notified(database, OFFICER) == []
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        sent = await session.scalar(
            text("SELECT count(*) FROM email_outbox WHERE subject LIKE '%a notice to%'")
        )
    assert sent == 6  # two heads, a delegate, two leads and a deputy


async def test_it_waits_on_the_desk_until_it_is_opened(client: Client) -> None:
    first = await a_notice(client)
    await a_notice(client, title="Second")
    home = await client.get("/home", as_=HEAD_OF_MILL)
    assert "2 notices you have not read" in words(home)
    assert soup(home).select_one('a[href="/notices?show=unread"]')
    await client.get(first, as_=HEAD_OF_MILL)
    assert "1 notice you have not read" in words(await client.get("/home", as_=HEAD_OF_MILL))
    unread = words(await client.get("/notices?show=unread", as_=HEAD_OF_MILL))
    assert "Second" in unread and "Moderation meeting" not in unread
    assert "2 notices you have not read" in words(await client.get("/home", as_=HEAD_OF_PARK))
    assert "not read" not in words(await client.get("/consortium", as_=OFFICER))


async def test_the_sender_sees_who_has_opened_it(client: Client) -> None:
    address = await a_notice(client, LEAD_OF_NORTH, audience=TO_NORTH)
    await client.get(address, as_=HEAD_OF_MILL)
    await client.get(address, as_=HEAD_OF_MILL)
    assert "1 of 2 people opened it" in words(await client.get(address, as_=DEPUTY_OF_NORTH))
    page = words(await client.get(f"{address}/readers", as_=LEAD_OF_NORTH))
    assert page.index("Pat Park") < page.index("Not opened yet") < page.index("Mina Mill")
    sheet = await client.get(f"{address}/readers.csv", as_=OFFICER)
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Role", "School or consortium", "Opened"]
    assert [(row[0], bool(row[3])) for row in rows[1:]] == [("Pat Park", False), ("Mina Mill", True)]
    assert "people opened" not in words(await client.get(address, as_=HEAD_OF_MILL))
    assert (await client.get(f"{address}/readers", as_=HEAD_OF_MILL)).status_code == 404


async def test_everybody_in_the_audience_reads_questions_and_answers(
    client: Client, database: Database
) -> None:
    address = await a_notice(client, LEAD_OF_NORTH, audience=TO_NORTH)
    asked = await client.post(f"{address}/questions", {"question": "Is there parking?"}, as_=HEAD_OF_MILL)
    assert asked.status_code == 303
    assert "Somebody asked a question about your notice" in (await notified(database, LEAD_OF_NORTH))[-1]
    assert "1 notice with questions to answer" in words(await client.get("/consortium", as_=LEAD_OF_NORTH))
    assert "1 notice with questions" not in words(await client.get("/consortium", as_=OFFICER))
    assert "Is there parking?" in words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Is there parking?" not in words(await client.get(address, as_=HEAD_OF_PARK))
    page = await client.get(address, as_=LEAD_OF_NORTH)
    assert "Asked by Mina Mill" in words(page)
    answer = soup(page).select_one('a[href$="/answer"]')
    assert answer is not None
    where = str(answer["href"])
    assert (await client.post(where, {"answer": "No"}, as_=HEAD_OF_MILL)).status_code == 404
    assert (
        await client.post(where, {"answer": "Yes, behind the hall."}, as_=LEAD_OF_NORTH)
    ).status_code == 303
    read = words(await client.get(address, as_=HEAD_OF_PARK))
    assert "Is there parking?" in read and "Yes, behind the hall." in read and "Mina Mill" not in read
    assert (await notified(database, HEAD_OF_MILL))[-1].endswith("is answered.")
    outside = await client.post(f"{address}/questions", {"question": "And I?"}, as_=HEAD_OF_LOCK)
    assert outside.status_code == 404


async def test_a_correction_shows_what_changed_and_keeps_the_earlier_text(
    client: Client, database: Database
) -> None:
    address = await a_notice(client, OFFICER)
    form = written(
        title="Moderation moved", body="Bring four books.", note="Four books, not three.", version="2"
    )
    assert (await client.post(f"{address}/correction", form, as_=OFFICER)).status_code == 303
    page = words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Four books, not three." in page and "Bring four books." in page and "Bring three books." in page
    assert "corrected a notice" in (await notified(database, HEAD_OF_MILL))[-1]
    late = await client.post(f"{address}/correction", form | {"body": "Five"}, as_=OFFICER)
    assert late.status_code == 409
    assert "Five" in late.text and "Bring four books." in late.text


async def test_a_withdrawn_notice_says_why_and_shows_nothing_else(client: Client) -> None:
    address = await a_notice(client, OFFICER, event_on=EVENT.isoformat())
    assert await attach(client, address, "list.txt", b"Names") == 303
    file = soup(await client.get(address, as_=HEAD_OF_MILL)).select_one("a[download]")
    assert file is not None
    assert (await client.post(f"{address}/withdrawal", {"note": ""}, as_=OFFICER)).status_code == 422
    assert (
        await client.post(f"{address}/withdrawal", {"note": "Sent in error"}, as_=OFFICER)
    ).status_code == 303
    page = words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Sent in error" in page and "Bring three books." not in page
    assert (await client.get(str(file["href"]), as_=HEAD_OF_MILL)).status_code == 404
    assert "Moderation" not in words(await client.get("/calendar", as_=HEAD_OF_MILL))
    assert "Moderation" in words(await client.get("/notices?show=ended", as_=HEAD_OF_MILL))
    assert "not read" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert (
        await client.post(f"{address}/questions", {"question": "Why?"}, as_=HEAD_OF_MILL)
    ).status_code == 409


async def stored_files(database: Database) -> list[tuple[str, bytes | None]]:
    """Return the names and contents of attachments, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await identify_requester(session, system(NORTHSHIRE, APP_DAY))
        found = await session.execute(text("SELECT filename, body FROM notice_file ORDER BY id"))
        return [(row.filename, row.body) for row in found]


async def test_attachments_of_one_sender_have_a_total_and_go_with_a_discarded_draft(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each consortium has its own; what is removed does not count."""
    monkeypatch.setattr(limits, "MOST_BYTES", 15)
    first, second = [await a_draft(client, LEAD_OF_NORTH, audience=TO_NORTH) for _ in range(2)]
    assert await attach(client, first, "a.txt", b"0123456789", LEAD_OF_NORTH) == 303
    assert await attach(client, second, "b.txt", b"0123456789", LEAD_OF_NORTH) == 409
    assert await attach(client, await a_draft(client), "c.txt", b"0123456789") == 303
    assert (await client.post(f"{first}/discarding", {}, as_=LEAD_OF_NORTH)).status_code == 303
    assert await stored_files(database) == [("a.txt", None), ("c.txt", b"0123456789")]
    assert await attach(client, second, "d.txt", b"0123456789", LEAD_OF_NORTH) == 303


async def test_a_draft_that_somebody_else_changed_is_not_sent_unread(
    client: Client, database: Database
) -> None:
    """The button sends the version that was read; a request without one is refused."""
    address = await a_draft(client)
    button = soup(await client.get(address, as_=OFFICER)).select_one(f'form[action="{address}/sending"]')
    assert button is not None and button.select("input[name=version]")[0]["value"] == "1"
    await client.post(f"{address}/edition", written(title="Changed", version="1"), as_=OFFICER)
    refused = await client.post(f"{address}/sending", {"version": "1"}, as_=OFFICER)
    assert refused.status_code == 409 and "has changed since you read it" in words(refused)
    assert (await client.post(f"{address}/sending", {}, as_=OFFICER)).status_code == 422
    assert await notified(database, HEAD_OF_MILL) == []
    assert (await client.post(f"{address}/sending", {"version": "2"}, as_=OFFICER)).status_code == 303


async def test_questions_are_limited_and_end_with_the_notice(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is an email to the sender: five in a day about one notice, ten in an hour about all. The text comes back."""
    address = await a_notice(client)
    for number in range(5):
        asked = await client.post(
            f"{address}/questions", {"question": f"Which books? {number}"}, as_=HEAD_OF_MILL
        )
        assert asked.status_code == 303
    refused = await client.post(f"{address}/questions", {"question": "Is there parking?"}, as_=HEAD_OF_MILL)
    assert refused.status_code == 429 and "5 questions about this notice" in words(refused)
    assert "Is there parking?" in refused.text
    monkeypatch.setattr(limits, "MOST_QUESTIONS", 5)
    other = await a_notice(client, title="Another meeting")
    refused = await client.post(f"{other}/questions", {"question": "Where is it?"}, as_=HEAD_OF_MILL)
    assert refused.status_code == 429 and "in the last hour" in words(refused)
    assert (
        await client.post(f"{other}/questions", {"question": "Where?"}, as_=HEAD_OF_PARK)
    ).status_code == 303
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, system(NORTHSHIRE, APP_DAY))
        await session.execute(text("UPDATE notice SET ends_on = :day"), {"day": APP_DAY - timedelta(days=1)})
    ended = await client.post(f"{other}/questions", {"question": "Where is it?"}, as_=HEAD_OF_PARK)
    assert ended.status_code == 409 and "has ended" in words(ended)
    assert "Ask a question" not in words(await client.get(other, as_=HEAD_OF_PARK))


async def test_attachments_are_read_by_the_audience_and_removed_by_the_sender(
    client: Client, database: Database
) -> None:
    address = await a_draft(client, LEAD_OF_NORTH, audience=TO_NORTH)
    assert await attach(client, address, "plan.txt", b"Monday", LEAD_OF_NORTH) == 303
    assert await attach(client, address, "run.txt", b"MZ\x90\x00", LEAD_OF_NORTH) == 422
    await client.post(f"{address}/sending", {"version": "1"}, as_=LEAD_OF_NORTH)
    file = soup(await client.get(address, as_=HEAD_OF_MILL)).select_one("a[download]")
    assert file is not None
    where = str(file["href"])
    got = await client.get(where, as_=HEAD_OF_MILL)
    assert got.content == b"Monday"
    assert got.headers["content-disposition"].startswith("attachment")
    assert (await client.get(where, as_=HEAD_OF_LOCK)).status_code == 404
    assert (await client.post(f"{where}/removal", {}, as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post(f"{where}/removal", {}, as_=LEAD_OF_NORTH)).status_code == 303
    assert (await client.get(where, as_=HEAD_OF_MILL)).status_code == 404
    assert await stored_files(database) == [("plan.txt", None)]


async def test_a_draft_is_edited_sent_once_or_discarded(client: Client, database: Database) -> None:
    address = await a_draft(client)
    assert "It will go to 5 people" in words(await client.get(address, as_=OFFICER))
    form = written(audience=TO_NORTH, title="Changed", version="1")
    assert (await client.post(f"{address}/edition", form, as_=OFFICER)).status_code == 303
    assert "It will go to 2 people" in words(await client.get(address, as_=OFFICER))
    for status in (303, 409):
        sent = await client.post(f"{address}/sending", {"version": "2"}, as_=OFFICER)
        assert sent.status_code == status
    assert len(await notified(database, HEAD_OF_MILL)) == 1
    assert (await client.post(f"{address}/edition", form | {"version": "3"}, as_=OFFICER)).status_code == 409
    other = await a_draft(client)
    assert (await client.post(f"{other}/discarding", {}, as_=OFFICER)).status_code == 303
    assert not await sees(client, other, HEAD_OF_MILL)


async def test_the_calendar_lists_coming_events_by_consortium(client: Client) -> None:
    timed = {
        "event_on": EVENT.isoformat(),
        "event_starts": "9.30am",
        "event_ends": "14:00",
        "event_location": "Town hall",
    }
    await a_notice(client, OFFICER, title="For all", **timed)
    await a_notice(client, LEAD_OF_NORTH, title="For North", audience=TO_NORTH, event_on=APP_DAY.isoformat())
    page = await client.get("/calendar", as_=HEAD_OF_MILL)
    assert words(page).index("For North") < words(page).index("For all")
    assert "9:30am to 2pm, Town hall" in words(page)
    only = words(
        await client.get(f"/calendar?consortium={TO_NORTH.removeprefix('consortium-')}", as_=HEAD_OF_MILL)
    )
    assert "For North" in only and "For all" not in only
    outside = words(await client.get("/calendar", as_=HEAD_OF_LOCK))
    assert "For all" in outside and "For North" not in outside
    assert "For all" not in words(await client.get("/calendar", as_=TWIN_OFFICER))


async def test_lists_page(client: Client) -> None:
    for number in range(27):
        await a_notice(client, OFFICER, title=f"Notice {number}", event_on=EVENT.isoformat())
    for path in ("/notices", "/calendar"):
        first = await client.get(path, as_=HEAD_OF_MILL)
        assert len(soup(first).select("main li.alongside-card")) == 25
        second = await client.get(f"{path}?page=2", as_=HEAD_OF_MILL)
        assert len(soup(second).select("main li.alongside-card")) == 2


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"title": ""}, "Enter a title"),
        ({"body": "…"}, "Enter the text of the notice"),
        ({"audience": ""}, "Select who the notice is for"),
        ({"ends_on": ""}, "Enter the last day on which the notice is shown"),
        ({"ends_on": (APP_DAY - timedelta(days=1)).isoformat()}, "Enter a last day that is today or later"),
        ({"ends_on": (APP_DAY + timedelta(days=400)).isoformat()}, "within a year"),
        ({"event_on": (LATER + timedelta(days=1)).isoformat()}, "at least until the day of the event"),
        ({"event_location": "Town hall"}, "Enter the date of the event"),
        ({"event_on": EVENT.isoformat(), "event_starts": "25:00"}, "Enter a time, like 9:30am or 2pm"),
        ({"event_on": EVENT.isoformat(), "event_ends": "2pm"}, "Enter the time at which the event starts"),
        (
            {"event_on": EVENT.isoformat(), "event_starts": "2pm", "event_ends": "9:30am"},
            "Enter an end time after the start time",
        ),
    ],
)
async def test_a_wrong_form_keeps_the_text(module_client: Client, form: dict[str, str], error: str) -> None:
    answer = await module_client.post("/notices", written(**({"body": "Kept text."} | form)), as_=OFFICER)
    assert answer.status_code == 422
    assert error in words(answer)
    assert "body" in form or "Kept text." in answer.text


async def test_a_notice_is_deleted_with_its_parts_some_time_after_its_last_day(
    client: Client, database: Database
) -> None:
    address = await a_notice(client)
    await client.get(address, as_=HEAD_OF_MILL)
    await client.post(f"{address}/questions", {"question": "Where?"}, as_=HEAD_OF_MILL)
    await attach(client, address, "plan.txt", b"Monday")
    for years, left in ((1, 1), (4, 0)):
        async with database.transaction(NORTHSHIRE) as session:
            await purge_expired(session, system(NORTHSHIRE, APP_DAY + timedelta(days=366 * years)))
            held = await session.execute(text("SELECT id FROM notice WHERE id = :id"), {"id": id_of(address)})
            assert len(held.all()) == left


async def test_a_head_is_offered_to_ask_about_a_notice_of_the_core_team(client: Client) -> None:
    """It belongs to no consortium; all in its audience can ask, and those who sent it cannot."""
    address = await a_notice(client, OFFICER)
    assert "Ask a question" in words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Ask a question" not in words(await client.get(address, as_=OFFICER))
