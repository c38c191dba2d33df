"""Injected SQL with the app's role: nobody answers in the name of others, changes their words, or ends a vote."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.performance.access_policy import identify_requester
from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import APP_DAY, DatabaseCopy, constraint_of, open_database
from tests.features.agreements.builders import acting
from tests.features.categories.builders import put_category
from tests.features.consultations.builders import put_consultation
from tests.personas import CHAIR_OF_MILL, HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE, OFFICER, PARK, Persona

INSIDE = {"authority_id": NORTHSHIRE}


@pytest.fixture(scope="module")
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers and references."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


@pytest.fixture
async def database(module_database: DatabaseCopy) -> AsyncIterator[Database]:
    """The app's database."""
    opened = open_database(module_database)
    yield opened
    await opened.close()


async def refused(database: Database, who: Persona, sql: str, **values: Any) -> str | None:
    """Run a statement as a person; returns the constraint or SQLSTATE that refused it, `unseen` if it found no row."""
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(who))
            changed = await session.execute(text(f"{sql} RETURNING 1"), values)
            return None if changed.all() else "unseen"
    except DBAPIError as error:
        code = str(getattr(error.orig, "sqlstate", ""))
        return code if code == "42501" else constraint_of(error)


LATE = APP_DAY - timedelta(days=30)


@pytest.mark.parametrize(
    ("state", "change", "constraint"),
    [
        (
            "open",
            "state = 'closed', closed_at = now(), asked = 1, answered = 0",
            "consultation_closed_by_the_system",
        ),
        ("open", "body = 'We propose something else'", "consultation_text_is_kept"),
        ("open", "phase = 'primary'", "consultation_text_is_kept"),
        ("closed", "answered = 1", "consultation_closed_by_the_system"),
        ("closed", """counts = '{"x": {"Agree": 1}}'""", "consultation_closed_by_the_system"),
        ("decided", "decision = 'Rejected'", "consultation_text_is_kept"),
    ],
)
async def test_a_vote_is_neither_ended_nor_counted_by_a_person(
    database: Database, owner: asyncpg.Connection, state: str, change: str, constraint: str
) -> None:
    """Its text stays as the schools read it, it closes after the last day, and its numbers and decision stay."""
    made = await put_consultation(owner, state)
    assert (
        await refused(database, OFFICER, f"UPDATE consultation SET {change} WHERE id = :id", id=made)
        == constraint
    )


async def test_nobody_moves_the_last_day_of_a_school(database: Database, owner: asyncpg.Connection) -> None:
    made = await put_consultation(owner, "open")
    sql = "UPDATE consultation_school SET answer_by = '2026-01-01' WHERE consultation_id = :id"
    assert await refused(database, OFFICER, sql, id=made) in ("42501", "unseen")


async def test_an_answer_is_of_the_head_to_questions_that_were_asked(
    database: Database, owner: asyncpg.Connection
) -> None:
    """Not in another name, not to a question that there is not, and only one of the choices."""
    made = await put_consultation(owner, "open", (MILL, PARK))
    question = await owner.fetchval("SELECT id FROM consultation_question WHERE consultation_id = $1", made)
    sql = (
        "INSERT INTO consultation_answer (authority_id, consultation_id, school_urn, answers, answered_by)"
        f" VALUES ({NORTHSHIRE}, :id, {MILL}, CAST(:answers AS jsonb), :by)"
    )
    for by, answers, expected in (
        (HEAD_OF_PARK, "{}", "42501"),
        (HEAD_OF_MILL, '{"not a question": "Agree"}', "consultation_answer_to_its_questions"),
        (HEAD_OF_MILL, f'{{"{uuid4()}": "Agree"}}', "consultation_answer_to_its_questions"),
        (HEAD_OF_MILL, f'{{"{question}": "Agree twice"}}', "consultation_answer_to_its_questions"),
        (HEAD_OF_MILL, f'{{"{question}": "Agree"}}', None),
    ):
        found = await refused(database, HEAD_OF_MILL, sql, id=made, answers=answers, by=by.person_id)
        assert found == expected, answers


async def a_profile(owner: asyncpg.Connection, year: str, snapshot_number: int = 1) -> UUID:
    """Insert a profile of Mill that its head and its chair can read."""
    shared = await owner.fetchval("SELECT now()")
    row = {
        "school_urn": MILL,
        "phase": "primary",
        "academic_year": year,
        "state": "shared",
        "method_id": uuid4(),
    }
    more = {"proposed_direction": "unchanged", "shared_at": shared, "governors_from": shared}
    return await put(owner, "profile", **INSIDE, **row, **more, snapshot_number=snapshot_number)


async def test_a_disputed_figure_keeps_the_words_of_the_school_and_is_answered_by_the_core_team(
    database: Database, owner: asyncpg.Connection
) -> None:
    profile_id = await a_profile(owner, "2021-22")
    raised = {
        "profile_id": profile_id,
        "measure": "eal",
        "reason": "Too high",
        "raised_by": HEAD_OF_MILL.person_id,
    }
    made = await put(owner, "profile_dispute", **INSIDE, **raised)
    for change in ("reason = 'All is well'", "measure = 'pupils'", f"raised_by = '{HEAD_OF_PARK.person_id}'"):
        sql = f"UPDATE profile_dispute SET {change} WHERE id = :id"
        assert await refused(database, OFFICER, sql, id=made) == "words_of_the_school", change
    forged = (
        "INSERT INTO profile_dispute (authority_id, profile_id, measure, reason, raised_by, answer, answered_by,"
        f" answered_at) VALUES ({NORTHSHIRE}, :profile, 'eal', 'x', :me, 'You are right', :officer, now())"
    )
    values = {"profile": profile_id, "me": HEAD_OF_MILL.person_id, "officer": OFFICER.person_id}
    assert await refused(database, HEAD_OF_MILL, forged, **values) == "42501"


async def test_a_question_about_a_notice_keeps_its_words_and_is_answered_by_its_sender(
    database: Database, owner: asyncpg.Connection
) -> None:
    posted = {
        "state": "posted",
        "posted_at": await owner.fetchval("SELECT now()"),
        "posted_by": OFFICER.person_id,
    }
    content = {"title": "Moderation", "body": "Bring books", "audience": "heads", "ends_on": APP_DAY}
    notice_id = await put(owner, "notice", **INSIDE, **posted, **content)
    asked = {"notice_id": notice_id, "question": "Where?", "asked_by": HEAD_OF_MILL.person_id}
    made = await put(owner, "notice_question", **INSIDE, **asked)
    for change in ("question = 'Why so late?'", f"asked_by = '{HEAD_OF_PARK.person_id}'"):
        sql = f"UPDATE notice_question SET {change} WHERE id = :id"
        assert await refused(database, OFFICER, sql, id=made) == "words_of_the_asker", change
    forged = (
        "INSERT INTO notice_question (authority_id, notice_id, question, asked_by, answer, answered_by, answered_at)"
        f" VALUES ({NORTHSHIRE}, :notice, 'Is it cancelled?', :me, 'Yes', :officer, now())"
    )
    values = {"notice": notice_id, "me": HEAD_OF_MILL.person_id, "officer": OFFICER.person_id}
    assert await refused(database, HEAD_OF_MILL, forged, **values) == "42501"


async def test_a_chair_signs_only_a_version_that_there_is_and_that_they_can_read(
    database: Database, owner: asyncpg.Connection
) -> None:
    """Not the next version beforehand, not a letter before its notification, and no document of another school."""
    notified = await put_category(owner, "notified")
    hidden = await put_category(owner, "agreed", year="2025-26")
    of_park = await put_category(owner, "notified", urn=PARK)
    profile_id = await a_profile(owner, "2020-21", 2)
    sql = (
        "INSERT INTO document_reading (authority_id, document, document_id, number, school_urn, person_id, role, act)"
        f" VALUES ({NORTHSHIRE}, :document, :id, :number, {MILL}, :me, 'chair_of_governors', 'signed')"
    )
    for document, made, number, expected in (
        ("support_category", notified, 2, "42501"),
        ("support_category", hidden, 1, "42501"),
        ("support_category", of_park, 1, "42501"),
        ("support_category", profile_id, 1, "42501"),
        ("profile", profile_id, 3, "42501"),
        ("profile", uuid4(), 1, "42501"),
        ("support_category", notified, 1, None),
        ("profile", profile_id, 2, None),
    ):
        values = {"document": document, "id": made, "number": number, "me": CHAIR_OF_MILL.person_id}
        assert await refused(database, CHAIR_OF_MILL, sql, **values) == expected, (document, number)
