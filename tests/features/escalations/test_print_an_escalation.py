"""The escalation file as PDF: contents by reader, page numbers, tags, and access log."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pypdf import PdfReader

from alongside.features.escalations.officer_notes.actions import write_note
from alongside.features.escalations.statutory.actions import record_statutory_step
from alongside.features.escalations.tasks.actions import agree_task
from alongside.features.escalations.tasks.forms import WrittenTask
from alongside.features.escalations.visits.actions import record_visit
from alongside.features.escalations.visits.forms import WrittenVisit
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import DatabaseCopy
from tests.features.escalations.builders import PROCURED, TODAY, a_running_escalation, acting, an_escalation
from tests.features.escalations.test_statutory_powers import a_stepped_up_escalation, maintained, step
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    TWIN_OFFICER,
)

NOTE = "The governors told me in confidence"
VISIT = 'Reading was heard in four classes, and # $ * _ <b> " were written'


async def a_full_escalation(database: Database) -> UUID:
    """An escalation with a visit for the school, one that is not, a note, an action and a cost."""
    escalation_id = await a_running_escalation(database, PROCURED)
    officer = acting(OFFICER)
    visit: WrittenVisit = {
        "visit_on": TODAY,
        "hours": Decimal("2.5"),
        "who": "Ola Officer",
        "focus": "Reading",
        "found": VISIT,
        "next_steps": "Come again in a month",
        "for_school": True,
    }
    hidden: WrittenVisit = {
        **visit,
        "focus": "The chair of governors",
        "found": "Not yet ready for this",
        "for_school": False,
    }
    task: WrittenTask = {
        "what": "Send the plan",
        "owner_id": None,
        "owner_name": "Fenland Teaching Hub",
        "due_on": TODAY + timedelta(days=9),
    }
    async with database.transaction(NORTHSHIRE) as session:
        await record_visit(session, officer, escalation_id, visit)
        await record_visit(session, officer, escalation_id, hidden)
        await agree_task(session, officer, escalation_id, task)
        await write_note(session, officer, escalation_id, "opinion", NOTE)
    return escalation_id


@pytest.fixture
async def readings(copy: DatabaseCopy) -> AsyncIterator[Any]:
    """Which parts were written down as read, in order."""
    connection = await asyncpg.connect(copy.superuser_url)

    async def read() -> list[str]:
        rows = await connection.fetch("SELECT part FROM escalation_access_log ORDER BY id")
        return [row["part"] for row in rows]

    yield read
    await connection.close()


def words_of(answer: Any) -> str:
    """What stands on all pages of a paper, white space folded."""
    paper = PdfReader(io.BytesIO(answer.content))
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


async def test_the_escalation_file_has_all_of_the_escalation_and_is_a_download(
    client: Client, database: Database, readings: Any
) -> None:
    escalation_id = await a_full_escalation(database)
    answer = await client.get(f"/escalations/{escalation_id}/escalation.pdf", as_=OFFICER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert f"escalation-file-{MILL}-" in answer.headers["content-disposition"]
    paper = PdfReader(io.BytesIO(answer.content))
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert paper.metadata is not None
    assert paper.metadata.title == "Escalation file: Mill Primary School"
    for number, page in enumerate(paper.pages, start=1):
        assert f"Page {number} of {len(paper.pages)}" in page.extract_text()
    words = words_of(answer)
    for expected in (
        "Mill Primary School (URN",
        "Somebody from outside leads the review",
        "Paid provider: Fenland Teaching Hub",
        "£2,400",
        "We lead the next review ourselves.",
        "Three visits",
        "Reading is taught well",
        VISIT,
        "Come again in a month",
        "Not yet ready for this",
        "Send the plan",
        "acknowledged the escalation",
        "without officers’ notes",
    ):
        assert expected in words, expected
    assert NOTE not in words
    assert await readings() == ["pdf"]


async def test_statutory_steps_are_printed_with_their_law_and_email(
    client: Client, database: Database
) -> None:
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        for kind in ("informal_concern", "concern_meeting", "pre_warning"):
            await record_statutory_step(session, acting(OFFICER), escalation_id, step(kind))
    words = words_of(await client.get(f"/escalations/{escalation_id}/escalation.pdf", as_=OFFICER))
    assert "Pre-warning letter" in words and "SI/2026/14" in words


async def test_officers_notes_are_in_it_when_an_officer_asks_for_them(
    client: Client, database: Database, readings: Any
) -> None:
    escalation_id = await a_full_escalation(database)
    answer = await client.get(f"/escalations/{escalation_id}/escalation.pdf?notes=with", as_=OFFICER)
    assert NOTE in words_of(answer)
    assert await readings() == ["notes"]
    for one in (LEAD_OF_NORTH, HEAD_OF_MILL):
        refused = await client.get(f"/escalations/{escalation_id}/escalation.pdf?notes=with", as_=one)
        assert refused.status_code == 404
    assert await readings() == ["notes"]


async def test_the_headteacher_gets_their_part(client: Client, database: Database) -> None:
    escalation_id = await a_full_escalation(database)
    words = words_of(await client.get(f"/escalations/{escalation_id}/escalation.pdf", as_=HEAD_OF_MILL))
    assert VISIT in words
    for kept in (NOTE, "Not yet ready for this", "The chair of governors", "£2,400", "Owner"):
        assert kept not in words, kept


async def test_nobody_else_gets_one(client: Client, database: Database, readings: Any) -> None:
    escalation_id = await an_escalation(database, why_wait="The head starts on Monday")
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_SOUTH, TWIN_OFFICER):
        assert (await client.get(f"/escalations/{escalation_id}/escalation.pdf", as_=one)).status_code == 404
    assert (
        await client.get(f"/escalations/{escalation_id}/escalation.pdf", as_=LEAD_OF_NORTH)
    ).status_code == 200
    assert await readings() == ["pdf"]
