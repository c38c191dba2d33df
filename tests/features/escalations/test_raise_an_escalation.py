"""Raising an escalation: permissions, notifications, suggestions and the safeguarding route."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.reviews.actions import give_review
from alongside.features.agreements.reviews.values import Judgement
from alongside.features.authorities import calendar_of
from alongside.features.escalations.raising.actions import notify_school, raise_escalation
from alongside.features.escalations.raising.suggestions import days_before, suggestions
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import school_days_between
from tests.client import Client
from tests.features.agreements.builders import a_need, a_running_agreement
from tests.features.escalations.builders import TODAY, WRITTEN, acting, an_escalation, ask_as, look, notified
from tests.personas import (
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
    TWIN_OFFICER,
)

FORM = {
    "school_urn": str(MILL),
    "reason": "too_close",
    "tried": ["talk"],
    "wanted": "Somebody from outside leads the review",
    "urgency": "soon",
    "notify_head": "now",
    "call": "Thursday at 10am",
}


async def test_a_lead_raises_an_escalation_and_everybody_concerned_is_told(database: Database) -> None:
    """The core team, the deputy and the head; not the delegate, not other consortia; never with the school's name."""
    escalation_id = await an_escalation(database)
    row = await look(database, escalation_id)
    assert (row.state, row.deadline_kind, row.raised_by) == ("raised", "acknowledge", LEAD_OF_NORTH.person_id)
    assert row.notified_at is not None and row.due_at > datetime.now(UTC)
    for one in (OFFICER, HEAD_OF_SERVICE, DEPUTY_OF_NORTH):
        assert await notified(database, one) == ["escalation_raised"], one.name
    assert await notified(database, HEAD_OF_MILL) == ["escalation_told"]
    for one in (DELEGATE_OF_MILL, LEAD_OF_SOUTH, LEAD_OF_NORTH):
        assert await notified(database, one) == [], one.name
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert not await session.scalar(
            text("SELECT count(*) FROM email_outbox WHERE body LIKE '%Mill Primary%'")
        )
        (entry,) = await session.execute(text("SELECT * FROM audit_entry WHERE verb = 'raise_escalation'"))
        assert (entry.schools, entry.note, entry.changes) == ([], None, {})


async def test_with_a_reason_the_school_is_told_later_and_never_reads_why(database: Database) -> None:
    """Until then the head sees nothing at all; then the escalation, but not the reason for waiting."""
    escalation_id = await an_escalation(database, why_wait="The head is on leave until Monday")
    assert await notified(database, HEAD_OF_MILL) == []
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, HEAD_OF_MILL)
        assert (await session.execute(text("SELECT * FROM escalation"))).all() == []
    async with database.transaction(NORTHSHIRE) as session:
        await notify_school(session, acting(LEAD_OF_NORTH), escalation_id)
    assert await notified(database, HEAD_OF_MILL) == ["escalation_told"]
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, HEAD_OF_MILL)
        assert len((await session.execute(text("SELECT * FROM escalation"))).all()) == 1
        assert (await session.execute(text("SELECT * FROM escalation_deferred_notification"))).all() == []
    with pytest.raises(ActionRefused, match="already been told"):
        async with database.transaction(NORTHSHIRE) as session:
            await notify_school(session, acting(LEAD_OF_NORTH), escalation_id)


async def test_only_the_schools_own_lead_or_deputy_raises(database: Database) -> None:
    """Another consortium's, a head and an officer cannot; the deputy can."""
    for one, urn in ((LEAD_OF_SOUTH, MILL), (LEAD_OF_NORTH, QUAY), (HEAD_OF_MILL, MILL), (OFFICER, MILL)):
        with pytest.raises(NotFound):
            await an_escalation(database, one, urn)
    assert (await look(database, await an_escalation(database, DEPUTY_OF_NORTH))).state == "raised"


async def test_what_was_tried_is_linked_and_nothing_of_another_school_can_be(database: Database) -> None:
    """A need of the school's own is kept as a link; one of another school is nowhere."""
    async with database.transaction(NORTHSHIRE) as session:
        own, other = await a_need(session), await a_need(session, QUAY)
    async with database.transaction(NORTHSHIRE) as session:
        escalation_id = await raise_escalation(
            session, acting(LEAD_OF_NORTH), MILL, WRITTEN, tried=[f"need:{own}", "visit"]
        )
    rows = await look(database, escalation_id, "escalation_attempted_support")
    assert {(row.kind, row.need_id) for row in rows} == {("need", own), ("visit", None)}
    with pytest.raises(NotFound):
        async with database.transaction(NORTHSHIRE) as session:
            await raise_escalation(session, acting(LEAD_OF_NORTH), MILL, WRITTEN, tried=[f"need:{other}"])


async def test_safeguarding_is_pointed_to_its_own_route_and_nothing_is_kept(client: Client) -> None:
    """The page names the contact; no escalation, no journal, no word of it anywhere; the action refuses it as well."""
    before = await counts(client)
    answer = await client.post(
        "/escalations", {**FORM, "reason": "safeguarding", "wanted": "CANARY"}, as_=LEAD_OF_NORTH
    )
    assert answer.status_code == 200
    assert "safeguarding@example.org" in answer.text and "999" in answer.text
    assert await counts(client) == before
    database = client.app.state.app_context.database
    with pytest.raises(ValidationFailed):
        await an_escalation(database, reason="safeguarding")


async def counts(client: Client) -> list[Any]:
    """How many rows there are of whatever an escalation would leave."""
    async with client.app.state.app_context.database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, OFFICER)
        tables = (
            "escalation",
            "escalation_event",
            "audit_entry",
            "notification",
            "email_outbox",
            "idempotency_key",
        )
        return [await session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]


async def test_what_is_missing_is_named_and_what_was_typed_stays(client: Client) -> None:
    """422 with a sentence for each field; nothing is kept."""
    answer = await client.post(
        "/escalations",
        {"school_urn": str(MILL), "reason": "other", "wanted": "Help us", "notify_head": "wait"},
        as_=LEAD_OF_NORTH,
    )
    assert answer.status_code == 422
    for cure in (
        "Enter the reason",
        "Select support already tried",
        "Select how urgent it is",
        "Enter why the headteacher must wait",
    ):
        assert cure in answer.text, cure
    assert "Help us" in answer.text
    assert (await counts(client))[0] == 0


async def test_words_of_harm_are_shown_again_before_an_escalation_is_raised(client: Client) -> None:
    """They may belong to safeguarding: the person who has looked again may go on."""
    harm = {**FORM, "wanted": "There is a safeguarding concern"}
    answer = await client.post("/escalations", harm, as_=LEAD_OF_NORTH)
    assert answer.status_code == 422 and "safeguarding@example.org" in answer.text
    answer = await client.post("/escalations", {**harm, "checked_not_safeguarding": "y"}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303


async def test_the_twin_sees_nothing(client: Client) -> None:
    """The same escalation's address in the other authority is nowhere."""
    answer = await client.post("/escalations", FORM, as_=LEAD_OF_NORTH)
    where = answer.headers["location"]
    assert (await client.get(where, as_=OFFICER)).status_code == 200
    assert (await client.get(where, as_=TWIN_OFFICER)).status_code == 404
    assert (await client.get(where, as_=LEAD_OF_SOUTH)).status_code == 404


async def red_review(database: Database, agreement_id: UUID) -> None:
    """The asking head's half-way review with its aim in red."""
    async with database.transaction(NORTHSHIRE) as session:
        head = acting(HEAD_OF_MILL)
        (aim,) = await aims_of(session, NORTHSHIRE, agreement_id)
        said = Judgement({aim.id: ("red", "No better")}, "Nothing", "no", None)
        await give_review(session, head, agreement_id, "mid_term", said)


async def test_two_red_reviews_a_late_visit_and_an_unmet_urgent_need_are_suggested_and_not_raised(
    database: Database,
) -> None:
    """Each sign by its own words; an open escalation ends them; nothing is ever raised by itself."""
    async with database.transaction(NORTHSHIRE) as session:
        assert await suggestions(session, acting(LEAD_OF_NORTH)) == []
    first = await a_running_agreement(database)
    await red_review(database, first)
    async with database.transaction(NORTHSHIRE) as session:
        assert await suggestions(session, acting(LEAD_OF_NORTH)) == []
    await red_review(database, await a_running_agreement(database))
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session, urgency="now")
        await session.execute(text("UPDATE need SET state = 'unmet' WHERE id = :id"), {"id": need_id})
        await session.execute(
            text(
                "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, record_due_on)"
                " VALUES (901, :of, 'planned', :on, 0.5, 'Late', :on)"
            ),
            {"of": first, "on": TODAY - timedelta(days=60)},
        )
    async with database.transaction(NORTHSHIRE) as session:
        signs = [one.why for one in await suggestions(session, acting(LEAD_OF_NORTH))]
        assert signs == [
            "2 reviews rated an aim red",
            "An agreed visit is 20 school days overdue",
            "No school was found for an urgent need",
        ]
        assert await suggestions(session, acting(LEAD_OF_SOUTH)) == []
        assert (
            await session.scalar(text("SELECT count(*) FROM audit_entry WHERE verb = 'raise_escalation'"))
            == 0
        )
    escalation_id = await an_escalation(database)
    assert (await look(database, escalation_id)).suggested_since_on is not None
    async with database.transaction(NORTHSHIRE) as session:
        assert await suggestions(session, acting(LEAD_OF_NORTH)) == []


async def test_a_closing_review_long_late_is_suggested_until_the_school_gives_it(database: Database) -> None:
    """The school's own review counts: due when the support ended, late after the authority's days, over once given."""
    agreement_id = await a_running_agreement(database)

    async def signs(ended: date) -> list[str]:
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(
                text("UPDATE support_agreement SET starts_on = :on, ends_on = :on WHERE id = :id"),
                {"on": ended, "id": agreement_id},
            )
            found = [one.why for one in await suggestions(session, acting(LEAD_OF_NORTH))]
            await session.rollback()  # a signed agreement keeps its dates: they move for this reading alone
            return found

    last = days_before(calendar_of(NORTHSHIRE), TODAY, 20)
    assert await signs(last + timedelta(days=1)) == []
    assert await signs(last) == ["Its closing review is 20 school days overdue"]
    async with database.transaction(NORTHSHIRE) as session:
        (aim,) = await aims_of(session, NORTHSHIRE, agreement_id)
        said = Judgement({aim.id: ("green", "Better")}, "Much", "yes", "met", {aim.id: "88"})
        await give_review(session, acting(HEAD_OF_MILL), agreement_id, "closing", said)
    assert await signs(last) == []


def test_the_days_of_a_lateness_are_school_days() -> None:
    """Counted backwards over a half-term and a weekend."""
    calendar = calendar_of(NORTHSHIRE)
    day = date(2026, 11, 12)
    began = days_before(calendar, day, 20)
    assert school_days_between(calendar, began, day) == 20
