"""Limits on messages and their files, and messages of a school that became an academy."""

import pytest

from alongside.features.messages import limits
from alongside.features.messages.models import MOST_OF_ONE_PERSON, MOST_TO_ONE_SCHOOL
from alongside.features.school_successions.actions import carry_over
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.directory.stored_rows import asked
from tests.features.directory.test_pictures_and_files import SECRET, picture
from tests.features.messages.test_write_to_the_other_school import HELLO, message_id, send, thread_of, written
from tests.features.visit_requests.builders import requested
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_MILL, HEAD_OF_PARK, LOCK, NORTHSHIRE, PARK

COPIES = """INSERT INTO message (authority_id, thread_id, kind, school_urn, written_by, written_at, body)
    SELECT authority_id, thread_id, kind, school_urn, {writer}, now() - interval '{ago}', body
      FROM message, generate_series(1, $1::integer)"""


async def test_one_person_writes_sixty_messages_an_hour(client: Client, copy: DatabaseCopy) -> None:
    """Each is an email to everybody at the other school. The text comes back, and an hour later it can be sent."""
    where = await thread_of(client)
    await written(client, where, HEAD_OF_PARK)
    await asked(copy, COPIES.format(writer="written_by", ago="10 minutes"), MOST_OF_ONE_PERSON - 2)
    await written(client, where, HEAD_OF_PARK, body="The last one")
    refused = await client.post(where, {"body": "Our plan for Tuesday"}, as_=HEAD_OF_PARK)
    assert refused.status_code == 429
    assert "You have written 60 messages in the last hour" in words(refused)
    assert "Our plan for Tuesday" in refused.text
    call = {"called_on": APP_DAY.isoformat(), "called_with": "Mina Mill", "body": "Three may come"}
    assert (await client.post(f"{where}/calls", call, as_=HEAD_OF_PARK)).status_code == 429
    assert (await send(client, where, HEAD_OF_PARK, "plan.txt", b"Our plan")).status_code == 429
    await written(client, where, HEAD_OF_MILL)
    await asked(copy, "UPDATE message SET written_at = written_at - interval '1 hour'")
    await written(client, where, HEAD_OF_PARK)


async def test_a_school_writes_a_hundred_messages_a_day_to_another(
    client: Client, copy: DatabaseCopy
) -> None:
    """However many of its people write, and however many records they share; other schools are not affected."""
    await written(client, await thread_of(client), HEAD_OF_PARK)
    other = f"{await requested(client)}/messages"
    number = MOST_TO_ONE_SCHOOL - 1
    await asked(copy, COPIES.format(writer="written_by", ago="5 hours"), number)
    refused = await client.post(other, HELLO, as_=HEAD_OF_PARK)
    assert refused.status_code == 429 and "to Mill Primary School in the last day" in words(refused)
    elsewhere = f"{await requested(client, f'/directory/schools/{LOCK}')}/messages"
    await written(client, elsewhere, HEAD_OF_PARK)


async def test_the_files_of_a_school_have_a_total(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 15)
    where = await thread_of(client)
    assert (await send(client, where, HEAD_OF_PARK, "a.txt", b"0123456789")).status_code == 303
    refused = await send(client, where, HEAD_OF_PARK, "b.txt", b"0123456789")
    assert refused.status_code == 409 and "Remove a file first" in words(refused)
    assert (await send(client, where, HEAD_OF_MILL, "c.txt", b"0123456789")).status_code == 303


async def test_a_picture_is_sent_without_its_location(client: Client, copy: DatabaseCopy) -> None:
    sent = await send(client, await thread_of(client), HEAD_OF_PARK, "wall.jpg", picture())
    assert sent.status_code == 303
    (row,) = await asked(copy, "SELECT content FROM message")
    assert row["content"].startswith(b"\xff\xd8") and SECRET.encode() not in row["content"]


async def test_delegates_are_named_once_both_schools_have_accepted(client: Client) -> None:
    """A school that is only asked keeps the names of its staff to itself; its headteacher is public."""
    page = words(await client.get(await thread_of(client), as_=HEAD_OF_PARK))
    assert "Mina Mill, headteacher" in page
    assert DELEGATE_OF_MILL.name not in page


async def test_messages_of_a_school_that_became_an_academy_stay_its_own(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """They are not unread messages of another school, and its people can still remove them."""
    where = await thread_of(client)
    await written(client, where, HEAD_OF_PARK)
    product = system(NORTHSHIRE, APP_DAY)
    async with database.transaction(NORTHSHIRE) as session:
        moved = await carry_over(session, product, PARK, LOCK, people=True)
    assert moved["message"] == 1
    (row,) = await asked(copy, "SELECT school_urn FROM message")
    assert row["school_urn"] == LOCK
    page = await client.get(where, as_=HEAD_OF_PARK)
    assert page.status_code == 200 and "your school" in words(page)
    removal = f"/messages/{await message_id(copy)}/removal"
    assert (await client.post(removal, as_=HEAD_OF_PARK)).status_code == 303
    assert soup(page).select_one(f'a[href="{removal}"]') is not None
