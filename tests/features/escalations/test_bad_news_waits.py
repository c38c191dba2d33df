"""Bad news waits for a school morning: the act counts at once, its message goes out later, and an officer may hurry it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.features.schools.term_dates import hard_news
from alongside.platform.school_calendar.calendar import LONDON
from tests.client import Client, soup, words
from tests.features.agreements.builders import a_running_agreement
from tests.features.agreements.builders import look as look_at
from tests.features.escalations.builders import ask_as, look
from tests.features.escalations.test_raise_an_escalation import FORM
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    Persona,
)

REASON = {"note": "The press asks already"}
CALL = {"call": "Monday at 8am"}
ENDED = "Ended early"
GOES_OUT = "goes out at 7:30am on"


@pytest.fixture(autouse=True)
def friday_noon(a_school_morning: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noon of a Friday that is still to come, so that what waits also waits by the clock of the database."""
    today = datetime.now(LONDON).replace(hour=12, minute=0)
    friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    monkeypatch.setattr(hard_news, "current_time", lambda: friday)


async def seen_by(client: Client, one: Persona, path: str) -> str:
    """What the home and the notifications of a person say, and how their page at this path answers."""
    shown = [words(await client.get(page, one)) for page in ("/home", "/notifications")]
    return f"{(await client.get(path, one)).status_code} {' '.join(shown)}"


async def emails_due(client: Client, path: str, one: Persona, said: str = "") -> int:
    """How many emails to a person about a page may be sent now that say this."""
    database = client.app.state.app_context.database
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        due = text(
            "SELECT count(*) FROM email_outbox WHERE path = :path AND person_id = :person AND run_at <= now() AND body LIKE :said"
        )
        return int(await session.scalar(due, {"path": path, "person": one.person_id, "said": f"%{said}%"}))


async def test_an_escalation_counts_at_once_and_the_school_is_told_on_a_school_morning(
    client: Client,
) -> None:
    """The clock runs and the core team is told; the head sees nothing until an officer gives a reason."""
    without = {name: value for name, value in FORM.items() if name != "call"}
    refused = await client.post("/escalations", without, as_=LEAD_OF_NORTH)
    assert refused.status_code == 422
    assert "Enter when you speak with the headteacher" in words(refused)
    where = (await client.post("/escalations", FORM, as_=LEAD_OF_NORTH)).headers["location"]
    database = client.app.state.app_context.database
    row = await look(database, UUID(where.rpartition("/")[2]))
    assert row.notified_at > datetime.now(UTC) and row.due_at is not None
    assert GOES_OUT in words(await client.get(where, LEAD_OF_NORTH))
    assert "Call: Thursday at 10am" in words(await client.get(where, LEAD_OF_NORTH))
    assert "escalation" not in await seen_by(client, HEAD_OF_MILL, where)
    assert (await seen_by(client, HEAD_OF_MILL, where)).startswith("404")
    assert await emails_due(client, where, HEAD_OF_MILL) == 0
    assert "An escalation has been raised" in await seen_by(client, OFFICER, where)

    at_once = f"{where}/held-message"
    assert (await client.post(at_once, REASON, as_=LEAD_OF_NORTH)).status_code in (403, 404)
    assert (await client.post(at_once, {}, as_=OFFICER)).status_code == 422
    assert (await client.post(at_once, REASON, as_=OFFICER)).status_code == 303
    seen = await seen_by(client, HEAD_OF_MILL, where)
    assert seen.startswith("200") and "An escalation about your school has been raised" in seen
    assert await emails_due(client, where, HEAD_OF_MILL) == 1
    assert REASON["note"] not in words(await client.get(where, HEAD_OF_MILL))
    assert (await client.post(at_once, REASON, as_=OFFICER)).status_code == 409


async def test_when_the_morning_has_come_the_head_reads_it(client: Client) -> None:
    """The time passes without anybody's act."""
    where = (await client.post("/escalations", FORM, as_=LEAD_OF_NORTH)).headers["location"]
    async with client.app.state.app_context.database.transaction(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        for change in (
            "UPDATE notification SET shown_from = now()",
            "UPDATE escalation SET notified_at = now()",
        ):
            await session.execute(text(change))
    seen = await seen_by(client, HEAD_OF_MILL, where)
    assert seen.startswith("200") and "An escalation about your school has been raised" in seen


async def test_a_red_review_asks_for_a_call_and_the_other_school_reads_of_it_later(client: Client) -> None:
    """Green needs no call; the red one is not on the other school's page before its message."""
    agreement_id = await a_running_agreement(client.app.state.app_context.database)
    agreement = f"/agreements/{agreement_id}"
    review = f"{agreement}/reviews/half-way"
    fields = soup(await client.get(review, HEAD_OF_PARK)).select("[name^=rating_], [name^=reason_]")
    said = {str(one["name"]): "red" if "rating" in str(one["name"]) else "No change" for one in fields}
    said |= {"changed": "Little", "again": "perhaps"}
    refused = await client.post(review, said, as_=HEAD_OF_PARK)
    assert refused.status_code == 422 and "No change" in words(refused)
    assert (await client.post(review, said | CALL, as_=HEAD_OF_PARK)).status_code == 303
    assert "review by Park" not in words(await client.get(agreement, HEAD_OF_MILL))
    assert "gave their half-way review" not in words(await client.get(agreement, HEAD_OF_MILL))
    assert "gave their half-way review" in words(await client.get(agreement, HEAD_OF_PARK))
    assert GOES_OUT not in words(await client.get(agreement, HEAD_OF_MILL))
    assert GOES_OUT in words(await client.get(agreement, OFFICER))
    async with client.app.state.app_context.database.transaction(NORTHSHIRE) as session:
        await session.execute(  # as for somebody who acts for the school since then
            text("DELETE FROM notification WHERE person_id = :id"), {"id": DELEGATE_OF_MILL.person_id}
        )
    assert GOES_OUT not in words(await client.get(agreement, DELEGATE_OF_MILL))
    assert "review" not in await seen_by(client, HEAD_OF_MILL, agreement)
    assert (await client.post(f"{agreement}/held-message", REASON, as_=OFFICER)).status_code == 303
    assert "review by Park" in words(await client.get(agreement, HEAD_OF_MILL))
    assert "gave their half-way review" in words(await client.get(agreement, HEAD_OF_MILL))
    assert REASON["note"] not in words(await client.get(agreement, HEAD_OF_MILL))
    assert REASON["note"] in words(await client.get(agreement, LEAD_OF_NORTH))
    assert "has given its half-way review" in await seen_by(client, HEAD_OF_MILL, agreement)


async def test_the_message_of_an_early_end_waits_and_the_end_counts(client: Client) -> None:
    """The leads hear at once, the other school later."""
    database = client.app.state.app_context.database
    agreement_id = await a_running_agreement(database)
    agreement = f"/agreements/{agreement_id}"
    ending = {"reason": "staff_change"}
    assert (await client.post(f"{agreement}/early-end", ending, as_=HEAD_OF_MILL)).status_code == 422
    ending["no_call"] = "We spoke last week"
    assert (await client.post(f"{agreement}/early-end", ending, as_=HEAD_OF_MILL)).status_code == 303
    assert (await look_at(database, "support_agreement", agreement_id)).state == "ended_early"
    assert "has ended early" not in await seen_by(client, HEAD_OF_PARK, agreement)
    assert "has ended early" in await seen_by(client, LEAD_OF_NORTH, agreement)
    for page in (agreement, "/agreements", f"/schools/{PARK}"):
        assert ENDED in words(await client.get(page, LEAD_OF_NORTH)) or page == "/agreements"
        assert ENDED not in words(await client.get(page, HEAD_OF_PARK)), page
        assert "staff" not in words(await client.get(page, HEAD_OF_PARK)).lower(), page
    card = f".alongside-card__title a[href='{agreement}'], th a[href='{agreement}']"
    for page in ("/home", "/agreements"):
        assert soup(await client.get(page, HEAD_OF_PARK)).select(card), page
        assert not soup(await client.get(page, HEAD_OF_MILL)).select(card), page
    assert await emails_due(client, agreement, HEAD_OF_PARK, "ended early") == 0
    assert (await client.post(f"{agreement}/held-message", REASON, as_=OFFICER)).status_code == 303
    assert "has ended early" in await seen_by(client, HEAD_OF_PARK, agreement)
    assert ENDED in words(await client.get(agreement, HEAD_OF_PARK))
    assert agreement not in (await client.get("/agreements", HEAD_OF_PARK)).text


async def test_who_marks_all_as_done_still_hears_the_bad_news(client: Client) -> None:
    """What waits for a school morning is not marked with the rest, so it is new when it is shown."""
    where = (await client.post("/escalations", FORM, as_=LEAD_OF_NORTH)).headers["location"]
    assert (await client.post("/notifications/done", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert (await client.post(f"{where}/held-message", REASON, as_=OFFICER)).status_code == 303
    database = client.app.state.app_context.database
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        new = text(
            "SELECT count(*) FROM notification WHERE path = :path AND person_id = :id AND read_at IS NULL"
        )
        values = {"path": where, "id": HEAD_OF_MILL.person_id}
        assert await session.scalar(new, values) == 1
