"""Two schools write to each other about a proposal, an agreement or a visit; nobody else reads it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import a_proposal, a_running_agreement
from tests.features.directory.stored_rows import asked
from tests.features.visit_requests.builders import agreed, requested
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

HELLO = {"body": "Could your deputy come too?"}


async def thread_of(client: Client) -> str:
    """The URL of the messages of a request of Park to visit Mill."""
    return f"{await requested(client, f'/directory/schools/{MILL}')}/messages"


async def written(client: Client, where: str, as_: Persona, **form: str) -> None:
    """Write a message."""
    answer = await client.post(where, HELLO | form, as_=as_)
    assert answer.status_code == 303, answer.text


async def emails_to(copy: DatabaseCopy, who: Persona) -> list[str]:
    """The subjects of the emails to a person."""
    found = await asked(
        copy, "SELECT subject FROM email_outbox WHERE person_id = $1 ORDER BY id", who.person_id
    )
    return [row["subject"] for row in found]


async def test_a_message_reaches_the_people_who_act_for_the_other_school(
    client: Client, copy: DatabaseCopy
) -> None:
    """They get an email and find the thread on their home page until they have read it."""
    where = await thread_of(client)
    await written(client, where, HEAD_OF_PARK)
    said = "Park Primary School wrote to you about “Mill Primary School”."
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        assert said in await emails_to(copy, one)
        assert "Read a message" in words(await client.get("/home", as_=one))
    assert said not in await emails_to(copy, HEAD_OF_PARK)
    assert "Read a message" not in words(await client.get("/home", as_=HEAD_OF_PARK))
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Could your deputy come too?" in page and "Pat Park , Park Primary School" in page
    assert "Read a message" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert "Read a message" in words(await client.get("/home", as_=DELEGATE_OF_MILL))
    await written(client, where, DELEGATE_OF_MILL, body="Yes, gladly.")
    assert "Read a message" in words(await client.get("/home", as_=HEAD_OF_PARK))


async def test_only_the_two_schools_read_and_write(client: Client) -> None:
    where = await thread_of(client)
    await written(client, where, HEAD_OF_PARK)
    for one in (HEAD_OF_QUAY, LEAD_OF_NORTH, OFFICER, HEAD_OF_MILL.twin, HEAD_OF_PARK.twin):
        assert (await client.get(where, as_=one)).status_code == 404, one.name
        assert (await client.post(where, HELLO, as_=one)).status_code == 404, one.name
    assert "Consortium leads and the core team cannot" in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_the_thread_of_a_proposal_goes_on_in_its_agreement(client: Client, database: Database) -> None:
    """Leads see the proposal and not the messages; the contacts are named at once, with email when both accepted."""
    proposal_id = await a_proposal(database)
    where = f"/proposals/{proposal_id}/messages"
    await written(client, where, HEAD_OF_MILL)
    assert (await client.get(f"/proposals/{proposal_id}", as_=LEAD_OF_NORTH)).status_code == 200
    assert (await client.get(where, as_=LEAD_OF_NORTH)).status_code == 404
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Pat Park, headteacher" in page and "once both schools have accepted" in page
    assert "mailto:" not in (await client.get(where, as_=HEAD_OF_MILL)).text
    assert f'href="{where}"' in (await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_PARK)).text


async def test_email_addresses_are_shown_once_both_schools_have_accepted(
    client: Client, database: Database
) -> None:
    agreement_id = await a_running_agreement(database)
    answer = await client.get(f"/agreements/{agreement_id}/messages", as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"], as_=HEAD_OF_MILL)
    assert ("mailto:" in page.text and "Back Support agreement" in words(page)) or "mailto:" in page.text
    for one in (LEAD_OF_NORTH, OFFICER, HEAD_OF_QUAY):
        assert (await client.get(f"/agreements/{agreement_id}/messages", as_=one)).status_code == 404
    visit = await agreed(client)
    assert "mailto:" in (await client.get(f"{visit}/messages", as_=HEAD_OF_PARK)).text


@pytest.mark.parametrize(
    ("form", "error"),
    [({"body": " "}, "Enter a message"), ({"body": "x" * 4001}, "must be 4,000 characters or fewer")],
)
async def test_a_message_that_cannot_be_sent_keeps_its_text(
    client: Client, form: dict[str, str], error: str
) -> None:
    answer = await client.post(await thread_of(client), form, as_=HEAD_OF_PARK)
    assert answer.status_code == 422 and error in words(answer)
    assert soup(answer).select("[name=body]")[0].get_text().removeprefix("\n").strip() == form["body"].strip()


async def test_a_call_is_recorded(client: Client) -> None:
    where = await thread_of(client)
    empty = await client.post(f"{where}/calls", {}, as_=HEAD_OF_PARK)
    assert empty.status_code == 422 and "Enter who you spoke to" in words(empty)
    call = {"called_on": APP_DAY.isoformat(), "called_with": "Mina Mill", "body": "Three of us may come"}
    future = call | {"called_on": (APP_DAY + timedelta(days=2)).isoformat()}
    assert (await client.post(f"{where}/calls", future, as_=HEAD_OF_PARK)).status_code == 422
    assert (await client.post(f"{where}/calls", call, as_=HEAD_OF_PARK)).status_code == 303
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "with Mina Mill" in page and "Three of us may come" in page


async def send(client: Client, where: str, as_: Persona, name: str, content: bytes) -> Any:
    """Send a file as a browser does."""
    headers = client._headers(as_, {"sec-fetch-site": "same-origin"})
    form = {"csrf_token": Client.token_of(as_), "idempotency_key": f"{name}-{where}"[:60], "body": "The plan"}
    return await client.http.post(
        f"{where}/files", data=form, files={"file": (name, content)}, headers=headers
    )


async def test_a_file_is_sent_and_downloaded_by_the_two_schools_alone(client: Client) -> None:
    where = await thread_of(client)
    bad = await send(client, where, HEAD_OF_PARK, "plan.exe", b"MZ\x90\x00")
    assert bad.status_code == 422 and "The plan" in bad.text
    assert (await send(client, where, HEAD_OF_PARK, "plan.txt", b"Our plan")).status_code == 303
    page = soup(await client.get(where, as_=HEAD_OF_MILL))
    (link,) = [str(one["href"]) for one in page.select("main a") if one.get_text() == "plan.txt"]
    file = await client.get(link, as_=HEAD_OF_MILL)
    assert (file.status_code, file.content) == (200, b"Our plan")
    assert "attachment" in file.headers["content-disposition"]
    for one in (HEAD_OF_QUAY, LEAD_OF_NORTH, OFFICER, HEAD_OF_MILL.twin):
        assert (await client.get(link, as_=one)).status_code == 404
    removal = link.removesuffix("file") + "removal"
    assert (await client.post(removal, as_=HEAD_OF_PARK)).status_code == 303
    assert (await client.get(link, as_=HEAD_OF_MILL)).status_code == 404


async def message_id(copy: DatabaseCopy) -> UUID:
    """The id of the newest message."""
    (row,) = await asked(copy, "SELECT id FROM message ORDER BY id DESC LIMIT 1")
    found: UUID = row["id"]
    return found


async def test_a_message_is_changed_for_five_minutes_by_its_writer(
    client: Client, copy: DatabaseCopy
) -> None:
    """Later the page and PostgreSQL refuse it; the text that was typed is given back."""
    where = await thread_of(client)
    await written(client, where, HEAD_OF_PARK)
    edition = f"/messages/{await message_id(copy)}/edition"
    assert "Change" in words(await client.get(where, as_=HEAD_OF_PARK))
    assert (await client.post(edition, {"body": "Hm"}, as_=HEAD_OF_MILL)).status_code == 404
    assert (
        await client.post(edition, {"body": "Could your SENCO come?"}, as_=HEAD_OF_PARK)
    ).status_code == 303
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Could your SENCO come?" in page and ", changed" in page and "deputy" not in page
    await asked(copy, "UPDATE message SET written_at = written_at - interval '6 minutes'")
    assert "Change" not in words(await client.get(where, as_=HEAD_OF_PARK))
    late = await client.post(edition, {"body": "Another text"}, as_=HEAD_OF_PARK)
    assert late.status_code == 409 and "for 5 minutes" in words(late) and "Another text" in late.text
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(copy, "UPDATE message SET body = 'Another'")
    assert refused.value.constraint_name == "message_edited_in_time"


async def test_no_statement_makes_another_message_of_an_old_one(client: Client, copy: DatabaseCopy) -> None:
    """Not its writer, time, kind or file, by which it could also be changed again or look like another school’s."""
    await written(client, await thread_of(client), HEAD_OF_PARK)
    await asked(copy, "UPDATE message SET written_at = written_at - interval '6 minutes'")
    for change in (
        "written_at = now()",
        f"written_by = '{HEAD_OF_MILL.person_id}'",
        "kind = 'call', called_on = '2026-11-20'",
        "filename = 'another.pdf'",
        "content = 'another file'::bytea",
        "edited_at = NULL, called_on = '2026-11-20'",
        f"written_at = now(), school_urn = {MILL}, body = 'Another'",
    ):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await asked(copy, f"UPDATE message SET {change}")
        assert refused.value.constraint_name == "message_edited_in_time", change


async def test_a_removed_message_is_not_brought_back(client: Client, copy: DatabaseCopy) -> None:
    await written(client, await thread_of(client), HEAD_OF_PARK)
    removal = f"/messages/{await message_id(copy)}/removal"
    assert (await client.post(removal, as_=HEAD_OF_PARK)).status_code == 303
    for change in ("removed_at = NULL, removed_by = NULL", f"removed_by = '{HEAD_OF_MILL.person_id}'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await asked(copy, f"UPDATE message SET {change}")


async def test_a_removed_message_leaves_who_removed_it(client: Client, copy: DatabaseCopy) -> None:
    where = await thread_of(client)
    await written(client, where, DELEGATE_OF_MILL)
    removal = f"/messages/{await message_id(copy)}/removal"
    for one in (HEAD_OF_PARK, HEAD_OF_QUAY, OFFICER):
        assert (await client.post(removal, as_=one)).status_code == 404
    assert (await client.post(removal, as_=HEAD_OF_MILL)).status_code == 303
    page = words(await client.get(where, as_=HEAD_OF_PARK))
    assert "Removed by Mina Mill on" in page and "deputy" not in page
    (row,) = await asked(copy, "SELECT body, content FROM message")
    assert tuple(row) == ("", None)
    assert (await client.post(removal, as_=HEAD_OF_MILL)).status_code == 409


async def test_a_long_thread_has_pages(client: Client) -> None:
    where = await thread_of(client)
    for number in range(27):
        await written(client, where, HEAD_OF_PARK, body=f"Message {number:02d}")
    first, second = [words(await client.get(f"{where}?page={page}", as_=HEAD_OF_MILL)) for page in (1, 2)]
    assert "Message 26" in first and "Message 01" not in first
    assert "Message 00" in second and "Message 26" not in second


async def test_messages_are_deleted_with_their_record(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """PostgreSQL does it, whoever deletes the visit, the proposal or its need."""
    await written(client, await thread_of(client), HEAD_OF_PARK)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("DELETE FROM visit_request WHERE authority_id = 901"))
    assert await asked(copy, "SELECT id FROM message") == []
    assert await asked(copy, "SELECT thread_id FROM message_reading") == []
