"""A support agreement as a PDF: signed versions, both halves of each visit, and attachments for the two schools only."""

import io

from pypdf import PdfReader

from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import DatabaseCopy
from tests.features.agreements.test_answer_the_record import recorded, says
from tests.features.directory.stored_rows import asked
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, PARK, Persona


async def read(client: Client, where: str, as_: Persona) -> str:
    """The text of the PDF that this person gets."""
    answer = await client.get(where, as_=as_)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_the_pdf_has_every_signed_version_both_halves_and_the_attachments(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    agreement_id, visit_id = await recorded(database)
    where = f"/agreements/{agreement_id}/pdf"
    assert where in (await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_MILL)).text
    assert "Mill Primary School can answer until" in await read(client, where, HEAD_OF_PARK)
    await says(database, HEAD_OF_MILL, visit_id, RecordAnswer("disagree", reason="Nobody came #to us"))
    [thread] = await asked(
        copy,
        "INSERT INTO message_thread (authority_id, proposal_id)"
        " SELECT authority_id, proposal_id FROM support_agreement RETURNING id",
    )
    await asked(
        copy,
        "INSERT INTO message (authority_id, thread_id, kind, school_urn, written_by, body, filename, media_type, content)"
        " VALUES ($1, $2, 'file', $3, $4, '', 'timetable.pdf', 'application/pdf', $5)",
        NORTHSHIRE,
        thread["id"],
        PARK,
        HEAD_OF_PARK.person_id,
        b"%PDF" * 700,
    )
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        text = await read(client, where, head)
        assert "Version 2, signed" in text and "Aim 1: Fluent readers in Year 2" in text
        assert "Mill Primary School disagrees with this record: Nobody came #to us" in text
        assert "timetable.pdf 3 kB" in text
    lead = await read(client, where, LEAD_OF_NORTH)
    assert "Nobody came #to us" in lead and "timetable.pdf" not in lead
    assert "Only the two schools can see the list of attachments." in lead
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
