"""Every state × action × role against a table written by hand, and PostgreSQL with the app bypassed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consultations.access_policy import identify_requester
from tests.client import Client
from tests.databases import APP_DAY, DatabaseCopy, constraint_of, open_database
from tests.features.agreements.builders import acting
from tests.features.consultations.builders import put_consultation
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    PERSONAS,
    QUAY,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
    Persona,
)

STATES = ("draft", "open", "closed", "decided", "withdrawn")
WHO = (
    HEAD_OF_MILL,
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    LEAD_OF_NORTH,
    OFFICER,
    HEAD_OF_SERVICE,
    ADMINISTRATOR,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
)
CORE = (OFFICER, HEAD_OF_SERVICE)
FORMS = {
    "opening": {},
    "edition": {"title": "New", "body": "Text", "audience": "all", "school_days": "5", "version": "1"},
    "questions": {"wording": "Which?", "kind": "text"},
    "withdrawal": {"note": "New rules"},
    "decision": {"decision": "Yes", "decision_reference": "Item 4", "decided_on": APP_DAY.isoformat()},
    "answer": {"q0": "Agree"},
}
ALLOWED = {
    ("draft", "opening"): CORE,
    ("draft", "edition"): CORE,
    ("draft", "questions"): CORE,
    ("draft", "withdrawal"): CORE,
    ("open", "withdrawal"): CORE,
    ("open", "answer"): (HEAD_OF_MILL,),
    ("closed", "withdrawal"): CORE,
    ("closed", "decision"): CORE,
}
"""Who may do what in which state, to a consultation that asks Mill only."""


@pytest.fixture(scope="module")
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


@pytest.mark.parametrize("state", STATES)
async def test_every_action_in_every_state_by_everybody(
    module_client: Client, owner: asyncpg.Connection, state: str
) -> None:
    wrong = []
    for action, form in FORMS.items():
        for who in WHO:
            made = await put_consultation(owner, state)
            path = f"/consultations/{made}/{action}"
            answer = await module_client.post(path, form, as_=who)
            may = who in ALLOWED.get((state, action), ())
            if (answer.status_code == 303) != may or (not may and answer.status_code not in (404, 409)):
                wrong.append(f"{action} in {state} by {who.name}: {answer.status_code}")
            if who.authority_id != NORTHSHIRE:
                assert answer.status_code == 404
    assert not wrong, wrong


async def test_a_consultation_is_read_by_the_core_team_and_the_schools_that_are_asked(
    module_client: Client, module_database: DatabaseCopy, owner: asyncpg.Connection
) -> None:
    """On the page, and in PostgreSQL without any condition of ours."""
    database = open_database(module_database)
    for state in STATES:
        made = await put_consultation(owner, state, (MILL, PARK))
        heads = {HEAD_OF_MILL, DELEGATE_OF_MILL, HEAD_OF_PARK} if state != "draft" else set()
        for one in PERSONAS:
            may = one in heads | set(CORE)
            page = await module_client.get(f"/consultations/{made}", as_=one)
            assert (page.status_code == 200) == may, (state, one.name)
            async with database.transaction(NORTHSHIRE, read_only=True) as session:
                await identify_requester(session, acting(one))
                seen = await session.scalar(
                    text("SELECT count(*) FROM consultation WHERE id = :id"), {"id": made}
                )
                assert bool(seen) == may, (state, one.name)
    await database.close()


async def put_answer(session: AsyncSession, consultation_id: UUID, urn: int, by: Persona) -> None:
    """Insert an answer without any code of the product."""
    await session.execute(
        text(
            "INSERT INTO consultation_answer (authority_id, consultation_id, school_urn, answers, answered_by)"
            " VALUES (:authority_id, :consultation_id, :urn, '{}', :by)"
        ),
        {
            "authority_id": NORTHSHIRE,
            "consultation_id": consultation_id,
            "urn": urn,
            "by": by.person_id,
        },
    )


PAST = APP_DAY - timedelta(days=30)
BYPASSED = [
    (HEAD_OF_MILL, MILL, "open", None),
    (HEAD_OF_MILL, LOCK, "open", "42501"),
    (HEAD_OF_LOCK, LOCK, "open", "fk_consultation_answer_only_of_asked_schools"),
    (DELEGATE_OF_MILL, MILL, "open", "42501"),
    (OFFICER, MILL, "open", "42501"),
    (LEAD_OF_NORTH, MILL, "open", "42501"),
    (HEAD_OF_MILL, MILL, "closed", "consultation_answered_in_time"),
    (HEAD_OF_MILL, MILL, "withdrawn", "consultation_answered_in_time"),
    (HEAD_OF_MILL, MILL, "late", "consultation_answered_in_time"),
    (HEAD_OF_MILL, MILL, "again", "pk_consultation_answer"),
]


@pytest.mark.parametrize(("who", "urn", "state", "refused"), BYPASSED)
async def test_postgresql_takes_one_answer_in_time_from_the_head_of_a_school_that_is_asked(
    module_database: DatabaseCopy,
    owner: asyncpg.Connection,
    who: Persona,
    urn: int,
    state: str,
    refused: str | None,
) -> None:
    late = state == "late"
    made = await put_consultation(
        owner,
        state if state in STATES else "open",
        (MILL, QUAY),
        PAST if late else APP_DAY + timedelta(days=14),
    )
    database = open_database(module_database)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(who))
            await put_answer(session, made, urn, who)
            if state == "again":
                await put_answer(session, made, urn, who)
        happened = None
    except DBAPIError as error:
        code = str(getattr(error.orig, "sqlstate", ""))
        happened = code if code == "42501" else constraint_of(error)
    await database.close()
    assert happened == refused


async def test_postgresql_keeps_the_questions_of_an_open_consultation(
    module_database: DatabaseCopy, owner: asyncpg.Connection
) -> None:
    made = await put_consultation(owner, "open")
    changed = text("UPDATE consultation_question SET wording = 'Other?' WHERE consultation_id = :id")
    database = open_database(module_database)
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(OFFICER))
        with pytest.raises(DBAPIError) as error:
            await session.execute(changed, {"id": made})
        await session.rollback()
    assert constraint_of(error.value) == "consultation_question_in_draft"
    await database.close()
