"""A verified entry about two schools leaves the directory when it is changed, until both consent to the new text."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import notified
from tests.features.directory.form_values import verify
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.directory.test_harvest_an_agreement import agree, closed_agreement, written_on
from tests.features.directory.test_pictures_and_files import picture, send
from tests.features.needs.form_values import form_at
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, OFFICER


async def verified_about_two(client: Client, database: Database, **changed: Any) -> str:
    """The URL of a verified entry by Mill about its agreement with Park, with the consent of both."""
    where = await written_on(client, await closed_agreement(database), **changed)
    await verified_again(client, where)
    return where


async def verified_again(client: Client, where: str) -> None:
    """Submit, check and verify a draft about both schools."""
    for head in (HEAD_OF_PARK, HEAD_OF_MILL):
        assert (await agree(client, where, head)).status_code == 303
    assert (await client.post(f"{where}/submission", as_=HEAD_OF_MILL)).status_code == 303
    said = {"fit": "yes", "note": "Clear."}
    assert (await client.post(f"{where}/check", said, as_=LEAD_OF_NORTH)).status_code == 303
    await verify(client, where, as_=OFFICER, level="3")


@pytest.mark.parametrize("due", [False, True])
async def test_a_text_changed_after_it_was_verified_leaves_the_directory_until_both_have_said_yes(
    client: Client, database: Database, copy: DatabaseCopy, due: bool
) -> None:
    """Without its consent, nobody else finds or reads what one school wrote about the other; both are notified."""
    where = await verified_about_two(client, database, visibility="public")
    if due:
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text("UPDATE directory_entry SET state = 'review_due'"))
    found = "/directory?q=fluency"
    assert "Fluency in Year 2" in words(await client.get(found, as_=HEAD_OF_QUAY))
    form = await client.get(f"{where}/edit", as_=HEAD_OF_MILL)
    assert "leaves the directory until both headteachers have agreed" in words(form)
    kept = await form_at(client, f"{where}/edit") | {"context": "Park sent nobody for months."}
    answer = await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)
    assert answer.status_code == 303 and (await entry_row(copy, where))["state"] == "draft"
    for path in (where, f"{where}/pdf", where.replace("/directory/", "/good-practice/")):
        assert (await client.get(path, as_=HEAD_OF_QUAY)).status_code == 404, path
    assert "Fluency in Year 2" not in words(await client.get(found, as_=HEAD_OF_QUAY))
    for table in ("search.entry", "entry_embedding", "public_entry"):
        assert not await asked(copy, f"SELECT 1 FROM {table}"), table
    for one in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "out of the directory until both schools have agreed" in words(
            await client.get(where, as_=one)
        )
    assert "entry_recalled" in await notified(database, HEAD_OF_PARK)
    assert (await client.post(f"{where}/submission", as_=HEAD_OF_MILL)).status_code == 409
    await verified_again(client, where)
    assert "Park sent nobody for months." in words(await client.get(where, as_=HEAD_OF_QUAY))


async def test_a_picture_added_to_what_was_verified_waits_for_both_in_the_same_way(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await verified_about_two(client, database)
    assert "leaves the directory" in words(await client.get(f"{where}/attachments", as_=HEAD_OF_MILL))
    added = await send(
        client, where, "pictures", "a.jpg", picture(), alternative_text="An empty room at Park"
    )
    assert added.status_code == 303 and (await entry_row(copy, where))["state"] == "draft"
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert "entry_recalled" in await notified(database, HEAD_OF_PARK)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'review_due', edition = edition + 1, context = 'Park sent nobody.'",
        "edition = edition + 1",
        "context = 'Park sent nobody.'",
        "staff_hours = 900",
        "visibility = 'public'",
        "state = 'draft', context = 'Park sent nobody.'",
    ],
)
async def test_postgresql_lets_no_other_text_stand_than_both_have_read(
    client: Client, database: Database, copy: DatabaseCopy, change: str
) -> None:
    where = await verified_about_two(client, database)
    before = await entry_row(copy, where)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(copy, f"UPDATE directory_entry SET {change} WHERE id = $1", id_of(where))
    assert refused.value.constraint_name == "consent_of_both"
    assert await entry_row(copy, where) == before
