"""Two schools, one record of a visit: its answer, the differences side by side, and how they are settled."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.features.agreements.parties import identify_requester
from alongside.features.agreements.reminders import remind_of_deadlines
from alongside.features.agreements.visit_answers.actions import answer_record, lapse_answers
from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.features.agreements.visits.actions import correct_visit, log_visit, plan_visit
from alongside.features.agreements.visits.deadlines import recalculate_visit_answer_days
from alongside.features.agreements.visits.values import VisitRecord
from alongside.features.authorities import calendar_of
from alongside.features.data_retention.subject_access import held_about
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client, soup, words
from tests.features.agreements.builders import (
    TODAY,
    a_running_agreement,
    acting,
    books_add_up,
    look,
    notified,
)
from tests.features.agreements.test_deadlines_of_an_agreement import other_periods
from tests.features.agreements.test_keep_diary import record
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

__all__ = ["other_periods"]
CORRECTION = {"answer": "corrected", "visit_on": "24/11/2026", "days": "0.5", "done": "One lesson only"}


async def recorded(database: Database, by: Persona = HEAD_OF_PARK, days: str = "1") -> tuple[UUID, UUID]:
    """A running agreement in which Park supports Mill, and a visit that one of them has recorded."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        return agreement_id, await log_visit(session, acting(by), agreement_id, record(days))


async def says(
    database: Database, by: Persona, visit_id: UUID, given: RecordAnswer, version: int = 1
) -> None:
    """Answer a record in a transaction of its own."""
    async with database.transaction(NORTHSHIRE) as session:
        await answer_record(session, acting(by), visit_id, given, version)


async def writes(database: Database, by: Persona | None, statement: str) -> None:
    """Run a statement as the app would, with this person as the requester and no rule of the app in front."""
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(by) if by else system(NORTHSHIRE, TODAY))
        await session.execute(text(statement))


async def page(client: Client, agreement_id: UUID, as_: Persona) -> str:
    return words(await client.get(f"/agreements/{agreement_id}", as_=as_))


async def test_the_other_school_answers_from_its_task_and_both_read_it(
    client: Client, database: Database
) -> None:
    agreement_id, visit_id = await recorded(database)
    home = await client.get("/home", as_=HEAD_OF_MILL)
    assert "Answer the record of a visit: Fluency in Year 2" in words(home)
    assert f"/visits/{visit_id}/answer" in home.text
    assert "Answer the record of a visit" not in words(await client.get("/home", as_=HEAD_OF_PARK))
    assert "Mill Primary School can answer until Tuesday 1 December 2026." in await page(
        client, agreement_id, HEAD_OF_PARK
    )
    sent = {"answer": "correct", "version": "1"}
    assert (await client.post(f"/visits/{visit_id}/answer", sent, as_=DELEGATE_OF_MILL)).status_code == 303
    for person in (HEAD_OF_PARK, HEAD_OF_MILL, LEAD_OF_NORTH):
        assert "Mill Primary School says that this record is correct." in await page(
            client, agreement_id, person
        )
    assert "Answer the record of a visit" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert (await notified(database, HEAD_OF_PARK)).count("visit_answered") == 1
    again = await client.post(f"/visits/{visit_id}/answer", sent | {"version": "2"}, as_=HEAD_OF_MILL)
    assert again.status_code == 409 and "has answered this record already" in words(again)
    from_email = await client.get(f"/visits/{visit_id}/answer", as_=HEAD_OF_MILL)
    assert from_email.status_code == 409, "the email with this link was opened a second time"
    for refused in (again, from_email):
        assert soup(refused).select_one(f'main a[href="/agreements/{agreement_id}"]')


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select whether the record is correct"),
        ({"answer": "disagree", "reason": " "}, "Enter why you disagree"),
        ({"answer": "corrected", "visit_on": "", "days": "0.5"}, "Enter the day of the visit"),
        (
            {"answer": "corrected", "visit_on": "24/11/2026", "days": "1"},
            "Correct the day, the days or the text",
        ),
        (CORRECTION | {"visit_on": "25/11/2027"}, "must be today or earlier"),
    ],
)
async def test_an_answer_without_what_it_needs_is_sent_back_with_its_text(
    client: Client, database: Database, sent: dict[str, str], said: str
) -> None:
    _, visit_id = await recorded(database)
    typed = {"done": "", "reason": "", "version": "1"} | sent
    answer = await client.post(f"/visits/{visit_id}/answer", typed, as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    assert said in words(answer) and typed["done"] in answer.text


async def test_differences_stand_side_by_side_and_the_days_count_as_recorded(
    client: Client, database: Database
) -> None:
    """Until both agree: then the other school's day and days count, and both texts stay."""
    agreement_id, visit_id = await recorded(database)
    sent = CORRECTION | {"version": "1"}
    assert (await client.post(f"/visits/{visit_id}/answer", sent, as_=HEAD_OF_MILL)).status_code == 303
    assert (await look(database, "support_agreement", agreement_id)).days_used == 1
    for person in (HEAD_OF_PARK, HEAD_OF_MILL, LEAD_OF_NORTH):
        shown = await page(client, agreement_id, person)
        assert "Watched two lessons" in shown and "One lesson only" in shown
        assert "The figures of Park Primary School count (1 day) until both schools agree" in shown
    assert "visit_answered" in await notified(database, LEAD_OF_NORTH)
    accept = f"/visits/{visit_id}/answer/acceptance"
    assert accept not in (await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_MILL)).text
    assert (await client.post(accept, {"version": "2"}, as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post(accept, {"version": "2"}, as_=HEAD_OF_PARK)).status_code == 303
    assert str((await look(database, "support_agreement", agreement_id)).days_used) == "0.5"
    await books_add_up(database)
    shown = await page(client, agreement_id, HEAD_OF_MILL)
    assert "agreed to the date and the days" in shown and "One lesson only" in shown


async def test_more_days_than_are_left_are_not_agreed(client: Client, database: Database) -> None:
    """An answer may say more; taking it over is bound by the agreed days, as every visit is."""
    agreement_id, visit_id = await recorded(database)
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("corrected", TODAY, Decimal("2.5")))
    accept = f"/visits/{visit_id}/answer/acceptance"
    answer = await client.post(accept, {"version": "2"}, as_=HEAD_OF_PARK)
    assert answer.status_code == 409 and "can still be recorded" in words(answer)
    sent = {"decision": "answer", "reason": "I asked both", "version": "2"}
    answer = await client.post(f"/visits/{visit_id}/settlement", sent, as_=LEAD_OF_NORTH)
    assert answer.status_code == 409
    assert (await look(database, "support_agreement", agreement_id)).days_used == 1
    await books_add_up(database)


@pytest.mark.parametrize(("decision", "used"), [("record", "1.0"), ("answer", "0.5"), ("none", "0.0")])
async def test_a_lead_settles_what_the_schools_dispute(
    client: Client, database: Database, decision: str, used: str
) -> None:
    agreement_id, visit_id = await recorded(database)
    settle = f"/visits/{visit_id}/settlement"
    sent = {"decision": decision, "reason": "I asked both schools", "version": "2"}
    assert (await client.post(settle, sent, as_=LEAD_OF_NORTH)).status_code == 409, "nothing is disputed"
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("corrected", TODAY, Decimal("0.5")))
    for other in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_SOUTH):
        assert (await client.post(settle, sent, as_=other)).status_code in (403, 404)
    assert (await client.post(settle, sent | {"reason": ""}, as_=LEAD_OF_NORTH)).status_code == 422
    assert (await client.post(settle, sent, as_=LEAD_OF_NORTH)).status_code == 303
    assert (await client.post(settle, sent | {"version": "3"}, as_=OFFICER)).status_code == 409
    assert str((await look(database, "support_agreement", agreement_id)).days_used) == used
    await books_add_up(database)
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "I asked both schools" in await page(client, agreement_id, head)
        assert "visit_settled" in await notified(database, head)
    late = await client.get(f"/visits/{visit_id}/record", as_=HEAD_OF_PARK)
    assert late.status_code == 409, "a settled record stays"


async def test_a_lead_with_an_interest_leaves_it_to_another(client: Client, database: Database) -> None:
    _, visit_id = await recorded(database)
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("disagree", reason="Nobody came"))
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind, words)"
                " VALUES (:authority, :person, (SELECT requesting_urn FROM support_agreement), 'other', 'Sister')"
            ),
            {"authority": NORTHSHIRE, "person": LEAD_OF_NORTH.person_id},
        )
    sent = {"decision": "none", "reason": "Nobody came", "version": "2"}
    answer = await client.post(f"/visits/{visit_id}/settlement", sent, as_=LEAD_OF_NORTH)
    assert answer.status_code == 409 and "You have an interest" in words(answer)
    assert (await client.post(f"/visits/{visit_id}/settlement", sent, as_=OFFICER)).status_code == 303


async def test_silence_is_never_agreement(client: Client, database: Database) -> None:
    """After the last day the worker writes “not answered”; a late answer is refused; the days stay."""
    agreement_id, visit_id = await recorded(database)
    due = (await look(database, "visit", visit_id)).answer_due_on
    for today, lapsed in ((due, 0), (due + timedelta(days=1), 1), (due + timedelta(days=2), 0)):
        async with database.transaction(NORTHSHIRE) as session:
            assert await lapse_answers(session, system(NORTHSHIRE, today)) == lapsed
    assert "Not answered by Mill Primary School." in await page(client, agreement_id, HEAD_OF_PARK)
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "visit_not_answered" in await notified(database, head)
    answer = await client.post(
        f"/visits/{visit_id}/answer", {"answer": "correct", "version": "2"}, as_=HEAD_OF_MILL
    )
    assert answer.status_code == 409 and "The last day to answer was" in words(answer)
    assert (await look(database, "visit", visit_id)).answer == "not_answered"


async def test_a_corrected_record_is_answered_once_more(client: Client, database: Database) -> None:
    """Each version has one answer, and an answer to the earlier version is an edit conflict."""
    agreement_id, visit_id = await recorded(database)
    async with database.transaction(NORTHSHIRE) as session:
        await correct_visit(session, acting(HEAD_OF_PARK), visit_id, record("0.5"), 1)
    stale = await client.post(
        f"/visits/{visit_id}/answer",
        {"answer": "disagree", "reason": "Half a day only", "version": "1"},
        as_=HEAD_OF_MILL,
    )
    assert stale.status_code == 409 and "Half a day only" in stale.text
    assert "has changed its record" in words(stale)
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("disagree", reason="Nobody came"), 2)
    assert "disagrees with this record: Nobody came" in await page(client, agreement_id, HEAD_OF_PARK)
    async with database.transaction(NORTHSHIRE) as session:
        await correct_visit(session, acting(HEAD_OF_PARK), visit_id, record("1"), 3)
    assert (await look(database, "visit", visit_id)).answer == "waiting"
    assert (await notified(database, HEAD_OF_MILL)).count("visit_recorded") == 3


async def test_the_supported_school_writes_its_half_before_and_after(
    client: Client, database: Database
) -> None:
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        plan = VisitRecord(TODAY, Decimal(1), "Phonics")
        visit_id = await plan_visit(session, acting(HEAD_OF_PARK), agreement_id, plan)
    where = f"/visits/{visit_id}/hopes"
    assert (
        await client.post(where, {"hoped_for": "A plan", "took_away": ""}, as_=HEAD_OF_MILL)
    ).status_code == 303
    assert (await client.post(where, {"hoped_for": "Theirs"}, as_=HEAD_OF_PARK)).status_code == 404
    assert "Mill Primary School hoped for: A plan" in await page(client, agreement_id, HEAD_OF_PARK)
    kept = await client.get(where, as_=HEAD_OF_MILL)
    assert "A plan" in kept.text
    sent = {"hoped_for": "A plan", "took_away": "Two routines"}
    await client.post(where, sent, as_=DELEGATE_OF_MILL)
    assert "Mill Primary School took from it: Two routines" in await page(client, agreement_id, LEAD_OF_NORTH)


async def test_every_copy_carries_the_answer(client: Client, database: Database) -> None:
    """The CSV file says what the page says, others get no file; the copy of a person's data has the answer too."""
    agreement_id, visit_id = await recorded(database)
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("disagree", reason="=Nobody came"))
    where = f"/agreements/{agreement_id}/visits.csv"
    answer = await client.get(where, as_=HEAD_OF_PARK)
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Answer"] == "Mill Primary School disagrees with this record: =Nobody came"
    assert row["Recorded by"] == "Park Primary School" and row["Days"] == "1"
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert HEAD_OF_PARK.person_id
    async with database.transaction(NORTHSHIRE) as session:
        copies = await held_about(session, acting(ADMINISTRATOR), HEAD_OF_PARK.person_id, HEAD_OF_PARK.name)
    (held,) = (one.values for one in copies if one.table == "visit")
    assert (held["answer"], held["answer_reason"]) == ("disagree", "=Nobody came")


@pytest.mark.parametrize("days", [2, 9])
async def test_the_authority_sets_how_long_the_other_school_has(
    database: Database, other_periods: Any, days: int
) -> None:
    """In its own school days: a training day of the other school moves its last day, and one reminder comes before."""
    other_periods(visit_answer_due=days)
    _, visit_id = await recorded(database)
    due = (await look(database, "visit", visit_id)).answer_due_on
    assert due == add_school_days(calendar_of(NORTHSHIRE), TODAY, days)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO school_training_day (authority_id, school_urn, day)"
                " SELECT :authority, requesting_urn, :day FROM support_agreement"
            ),
            {"authority": NORTHSHIRE, "day": TODAY + timedelta(days=1)},
        )
    async with database.transaction(NORTHSHIRE) as session:
        assert await recalculate_visit_answer_days(session, system(NORTHSHIRE, TODAY)) == 1
    moved = (await look(database, "visit", visit_id)).answer_due_on
    assert moved == add_school_days(calendar_of(NORTHSHIRE), due, 1)
    for today in (moved - timedelta(days=1), moved, moved):
        async with database.transaction(NORTHSHIRE) as session:
            await remind_of_deadlines(session, system(NORTHSHIRE, today))
    assert (await notified(database, HEAD_OF_MILL)).count("visit_answer_reminder") == 1
    assert "visit_answer_reminder" not in await notified(database, HEAD_OF_PARK)


@pytest.mark.parametrize(
    ("by", "statement"),
    [
        (HEAD_OF_PARK, "UPDATE visit SET answer = 'correct'"),
        (HEAD_OF_QUAY, "UPDATE visit SET answer = 'correct'"),
        (LEAD_OF_NORTH, "UPDATE visit SET answer = 'correct'"),
        (None, "UPDATE visit SET answer = 'correct'"),
        (HEAD_OF_MILL, "UPDATE visit SET answer = 'not_answered'"),
        (HEAD_OF_MILL, "UPDATE visit SET days = 0.5"),
        (HEAD_OF_MILL, "UPDATE visit SET answer = 'correct', done = 'Another text'"),
        (HEAD_OF_MILL, "UPDATE visit SET recorded_side = 'requesting'"),
        (HEAD_OF_MILL, "UPDATE visit SET state = 'cancelled'"),
        (HEAD_OF_PARK, "UPDATE visit SET hoped_for = 'Theirs'"),
        (HEAD_OF_PARK, "UPDATE visit SET answer = 'agreed'"),
        (
            HEAD_OF_PARK,
            f"UPDATE visit SET settled_as = 'record', settled_by = '{HEAD_OF_PARK.person_id}'",
        ),
        (
            LEAD_OF_NORTH,
            f"UPDATE visit SET settled_as = 'record', settled_by = '{LEAD_OF_NORTH.person_id}'",
        ),
    ],
)
async def test_postgresql_refuses_the_half_of_another(
    database: Database, by: Persona | None, statement: str
) -> None:
    """Also without the action in front: the signed requester decides who may write which half."""
    await recorded(database)
    with pytest.raises(IntegrityError, match="not theirs to write"):
        await writes(database, by, statement)


async def test_postgresql_takes_one_answer_for_a_version_and_none_after_the_last_day(
    database: Database,
) -> None:
    await recorded(database)
    await writes(database, HEAD_OF_MILL, "UPDATE visit SET answer = 'disagree', answer_reason = 'No'")
    with pytest.raises(IntegrityError, match="not theirs to write"):
        await writes(database, HEAD_OF_MILL, "UPDATE visit SET answer = 'correct'")
    await writes(
        database,
        HEAD_OF_PARK,
        "UPDATE visit SET answer = 'waiting', answer_reason = '', done = 'Another text',"
        f" answer_asked_on = '{date(2026, 11, 1)}', answer_due_on = '{date(2026, 11, 9)}'",
    )
    with pytest.raises(IntegrityError, match="not theirs to write"):
        await writes(database, HEAD_OF_MILL, "UPDATE visit SET answer = 'correct'")
