"""Attachments are typed by content and only downloaded; access is logged before a page is shown."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from alongside.errors import ValidationFailed
from alongside.features.escalations.access_log.actions import name_reader
from alongside.features.escalations.files.actions import add_file
from alongside.features.escalations.officer_notes.actions import write_note
from alongside.platform.uploads.file_types import check_document_or_picture
from tests.client import Client
from tests.features.escalations.builders import a_running_escalation, acting, an_escalation, ask_as, look
from tests.personas import (
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    TWIN_OFFICER,
    Persona,
)

PDF = b"%PDF-1.7\nhello\n%%EOF\n"


async def brought(
    client: Client, escalation_id: UUID, name: str, content: bytes, one: Persona = OFFICER, **more: str
) -> Any:
    """A file sent with the form, as a browser sends it."""
    form = {"csrf_token": Client.token_of(one), "idempotency_key": uuid4().hex, **more}
    return await client.http.post(
        f"/escalations/{escalation_id}/files",
        data=form,
        files={"file": (name, content, "application/x-anything")},
        headers=client._headers(one, {"sec-fetch-site": "same-origin"}),
    )


async def test_an_attachment_comes_back_as_a_download_and_nothing_else(client: Client) -> None:
    """With its own type, a name that is safe, a policy by which it can do nothing; never shown in place."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    assert (await brought(client, escalation_id, "Plan.pdf", PDF)).status_code == 303
    (file,) = await look(database, escalation_id, "escalation_file")
    answer = await client.get(f"/escalation-files/{file.id}", as_=LEAD_OF_NORTH)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Plan.pdf")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for one in (HEAD_OF_MILL, LEAD_OF_SOUTH, TWIN_OFFICER):
        assert (await client.get(f"/escalation-files/{file.id}", as_=one)).status_code == 404, one.name
    assert [one.part for one in await look(database, escalation_id, "escalation_access_log")] == ["file"]


async def test_a_file_that_is_not_what_it_says_leaves_the_escalation_as_it_was(client: Client) -> None:
    """422 beside the field; a file of some megabytes is taken, a larger one is not."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    for name, content, words in (
        ("Plan.pdf", b"MZ\x90\x00", "must be a PDF"),
        ("Plan.docx", PDF, "Check the file"),
        ("", b"", "Select a file"),
    ):
        answer = await brought(client, escalation_id, name, content)
        assert answer.status_code == 422 and words in answer.text, name
    assert await look(database, escalation_id, "escalation_file") == []
    assert (await brought(client, escalation_id, "Long.txt", b"long " * 800_000)).status_code == 303
    assert (await brought(client, escalation_id, "Longer.txt", b"long " * 1_100_000)).status_code == 413
    assert len(await look(database, escalation_id, "escalation_file")) == 1


async def test_what_is_taken_away_is_gone_and_its_line_stays(client: Client) -> None:
    """Nobody downloads it any more; the reason stands in the story."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        file_id = await add_file(
            session,
            acting(OFFICER),
            escalation_id,
            check_document_or_picture("Plan.pdf", PDF),
            PDF,
            for_school=True,
        )
    assert (await client.get(f"/escalation-files/{file_id}", as_=HEAD_OF_MILL)).status_code == 200
    answer = await client.post(
        f"/escalation-files/{file_id}/withdrawal", {"note": "It names a pupil"}, as_=OFFICER
    )
    assert answer.status_code == 303
    assert (await client.get(f"/escalation-files/{file_id}", as_=OFFICER)).status_code == 404
    (file,) = await look(database, escalation_id, "escalation_file")
    assert (file.content, file.name) == (None, "Plan.pdf")


async def test_every_reading_is_written_down_before_the_page_is_shown(client: Client) -> None:
    """Who, in which role, which part; a refused one is none; the head sees the escalation and never a note."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_note(session, acting(OFFICER), escalation_id, "opinion", "CANARY of a note")
        await name_reader(session, acting(OFFICER), escalation_id, HEAD_OF_LOCK.person_id, "Board member")
        with pytest.raises(ValidationFailed, match="interest in this school"):
            await name_reader(session, acting(OFFICER), escalation_id, HEAD_OF_MILL.person_id, "Board member")
    for one in (LEAD_OF_NORTH, HEAD_OF_MILL, HEAD_OF_LOCK, OFFICER):
        page = await client.get(f"/escalations/{escalation_id}", as_=one)
        assert page.status_code == 200 and "CANARY" not in page.text, one.name
    for one in (LEAD_OF_SOUTH, TWIN_OFFICER):
        assert (await client.get(f"/escalations/{escalation_id}", as_=one)).status_code == 404
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, HEAD_OF_LOCK):
        assert (await client.get(f"/escalations/{escalation_id}/notes", as_=one)).status_code == 404
    assert "CANARY" in (await client.get(f"/escalations/{escalation_id}/notes", as_=HEAD_OF_SERVICE)).text
    readings = await look(database, escalation_id, "escalation_access_log")
    assert [(row.person_id, row.role, row.part) for row in sorted(readings, key=lambda row: row.id)] == [
        (LEAD_OF_NORTH.person_id, "consortium_lead", "escalation"),
        (HEAD_OF_MILL.person_id, "headteacher", "escalation"),
        (HEAD_OF_LOCK.person_id, "headteacher", "escalation"),
        (OFFICER.person_id, "core_officer", "escalation"),
        (HEAD_OF_SERVICE.person_id, "head_of_service", "notes"),
    ]
    page = await client.get(f"/escalations/{escalation_id}/readers", as_=OFFICER)
    (reader,) = await look(database, escalation_id, "escalation_reader")
    ended = await client.post(f"/escalations/{escalation_id}/readers/{reader.id}/end", {}, as_=OFFICER)
    assert ended.status_code == 303
    assert (await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_LOCK)).status_code == 404, (
        "named no longer"
    )
    assert "Lou Lock" in page.text and "Board member" in page.text and "Lee North" in page.text


async def test_a_page_whose_reading_cannot_be_written_is_not_shown(client: Client) -> None:
    """No reading without its line: the page is an error, and no word of the escalation is in it."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    owner = client.app.state.app_context
    before = owner.database
    owner.database = Unwritable(before)
    try:
        page = await client.get(f"/escalations/{escalation_id}", as_=LEAD_OF_NORTH)
    finally:
        owner.database = before
    assert page.status_code >= 500 and "Mill Primary" not in page.text
    assert await look(database, escalation_id, "escalation_access_log") == []


class Unwritable:
    """A database that can be read and that takes no line."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def transaction(self, authority_id: int, *, read_only: bool = False) -> Any:
        """Only transactions that read."""
        return self.real.transaction(authority_id, read_only=True)


async def test_two_officers_see_each_other_and_a_stale_form_shows_both_texts(client: Client) -> None:
    """Presence of the other, not of oneself; the second decision is a page with both, and what was typed stays."""
    database = client.app.state.app_context.database
    escalation_id = await an_escalation(database)
    await client.post(f"/escalations/{escalation_id}/acknowledgement", {}, as_=OFFICER)
    for one in (OFFICER, HEAD_OF_SERVICE):
        await client.get(f"/escalations/{escalation_id}", as_=one)
    part = await client.get(f"/escalations/{escalation_id}/presence?version=2", as_=OFFICER)
    assert "Hal Service" in part.text and "Ola Officer" not in part.text
    version = str((await look(database, escalation_id)).version)
    first = {"version": version, "outcome": "challenge", "decision": "We lead it ourselves"}
    assert (
        await client.post(f"/escalations/{escalation_id}/decision", first, as_=OFFICER)
    ).status_code == 303
    second = first | {"decision": "Fenland leads it"}
    answer = await client.post(f"/escalations/{escalation_id}/decision", second, as_=HEAD_OF_SERVICE)
    assert answer.status_code == 409
    assert "Fenland leads it" in answer.text and "We lead it ourselves" in answer.text
    part = await client.get(f"/escalations/{escalation_id}/presence?version={version}", as_=HEAD_OF_SERVICE)
    assert "A colleague has changed this escalation" in part.text
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, OFFICER)
        assert await session.scalar(text("SELECT decision FROM escalation")) == "We lead it ourselves"
