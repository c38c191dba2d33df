"""Changing, pausing, confirming, withdrawing and reopening a need, and edit conflicts."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from alongside.errors import ActionRefused
from alongside.features.needs.editing.actions import change_need
from alongside.platform.database.session import Database
from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.needs.form_values import form_at, need, posted_need
from tests.features.needs.stored_rows import audit_of, set_columns
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, NORTHSHIRE


async def test_the_form_comes_back_as_it_was_typed(client: Client) -> None:
    where = await posted_need(client, wanted="One\n\n“Two” <b>& three</b>", days_not_sure="y", days="")
    kept = await form_at(client, f"{where}/edit")
    assert kept["wanted"] == "One\n\n“Two” <b>& three</b>"
    assert (kept["theme"], kept["days"], kept["days_not_sure"]) == ("mathematics", "", ["y"])
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303


async def test_a_change_is_kept_with_what_stood_there_before(client: Client, database: Database) -> None:
    where = await posted_need(client)
    kept = await form_at(client, f"{where}/edit")
    answer = await client.post(f"{where}/edit", kept | {"title": "Fluency", "days": "4"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    entry = (await audit_of(database, "need", where))[-1]
    assert entry.verb == "change_need"
    assert entry.changes == {"title": ["Fluency in Year 3 and 4", "Fluency"], "days": ["2.5", "4"]}
    seen = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Title: “Fluency in Year 3 and 4” became “Fluency”" in seen
    assert "became" not in words(await client.get(where, as_=HEAD_OF_PARK))


async def test_a_stale_change_shows_both_texts_and_can_then_be_kept(client: Client) -> None:
    where = await posted_need(client)
    mine = await form_at(client, f"{where}/edit")
    theirs = await form_at(client, f"{where}/edit", DELEGATE_OF_MILL)
    await client.post(f"{where}/edit", theirs | {"wanted": "What the delegate wrote."}, as_=DELEGATE_OF_MILL)
    mine["wanted"] = "What the head wrote."
    stale = await client.post(f"{where}/edit", mine, as_=HEAD_OF_MILL)
    assert stale.status_code == 409
    table = element(soup(stale), "main table").get_text(" ")
    assert "What the head wrote." in table
    assert "What the delegate wrote." in table
    page = soup(stale)
    assert element(page, 'textarea[name="wanted"]').get_text().strip() == "What the head wrote."
    assert "What the delegate wrote." in words(await client.get(where, as_=HEAD_OF_MILL))
    mine["version"] = attribute(element(page, 'input[name="version"]'), "value")
    assert (await client.post(f"{where}/edit", mine, as_=HEAD_OF_MILL)).status_code == 303
    assert "What the head wrote." in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_a_form_without_its_version_changes_nothing(client: Client) -> None:
    where = await posted_need(client)
    for version in ("", "x", "²", "9" * 30):
        answer = await client.post(f"{where}/edit", need(version=version, title="New"), as_=HEAD_OF_MILL)
        assert answer.status_code == 422
    assert "New" not in words(await client.get(where, as_=HEAD_OF_MILL)).split()


async def test_a_lead_changes_a_draft_but_not_what_the_school_has_posted(client: Client) -> None:
    draft = await posted_need(client, act="draft")
    kept = await form_at(client, f"{draft}/edit", LEAD_OF_NORTH)
    changed = await client.post(f"{draft}/edit", kept | {"title": "Better"}, as_=LEAD_OF_NORTH)
    assert changed.status_code == 303
    posted = await posted_need(client)
    for path in (f"{posted}/edit", f"{posted}/withdrawal", f"{posted}/confirmation"):
        assert (await client.get(path, as_=LEAD_OF_NORTH)).status_code == 404
    kept = await form_at(client, f"{posted}/edit")
    assert (await client.post(f"{posted}/edit", kept, as_=LEAD_OF_NORTH)).status_code == 404


async def test_it_is_paused_and_confirmed_with_one_button_each(client: Client) -> None:
    where = await posted_need(client)
    assert (await client.post(f"{where}/pause", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "Waiting for Mill Primary School to confirm it" in words(await client.get(where, as_=HEAD_OF_PARK))
    again = await client.post(f"{where}/pause", {}, as_=HEAD_OF_MILL)
    assert again.status_code == 409
    assert "paused" in words(again)
    assert "Do you still need this?" in words(await client.get(f"{where}/confirmation", as_=HEAD_OF_MILL))
    assert (await client.post(f"{where}/confirmation", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "confirmed today" in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_it_is_withdrawn_with_a_reason_and_reopened_with_another(
    client: Client, database: Database
) -> None:
    where = await posted_need(client)
    silent = await client.post(f"{where}/withdrawal", {}, as_=HEAD_OF_MILL)
    assert silent.status_code == 422
    assert "Select a reason" in words(silent)
    wordless = await client.post(f"{where}/withdrawal", {"reason": "other"}, as_=HEAD_OF_MILL)
    assert wordless.status_code == 422
    assert "Enter details of the reason" in words(wordless)
    reason = {"reason": "other", "words": "Our plan has changed."}
    assert (await client.post(f"{where}/withdrawal", reason, as_=HEAD_OF_MILL)).status_code == 303
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post(f"{where}/reopening", {}, as_=HEAD_OF_MILL)).status_code == 422
    assert (
        await client.post(f"{where}/reopening", {"note": "It is back."}, as_=HEAD_OF_MILL)
    ).status_code == 303
    seen = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Another reason: Our plan has changed." in seen
    assert "It is back." in seen
    assert [one.verb for one in await audit_of(database, "need", where)] == [
        "draft_need",
        "post_need",
        "withdraw_need",
        "reopen_need",
    ]


async def test_it_cannot_be_reopened_after_the_term_that_follows(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_need(client)
    await client.post(f"{where}/withdrawal", {"reason": "not_now"}, as_=HEAD_OF_MILL)
    import asyncpg

    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("UPDATE audit_entry SET at = $1", datetime.now(UTC) - timedelta(days=700))
    await connection.close()
    late = await client.post(f"{where}/reopening", {"note": "It is back."}, as_=HEAD_OF_MILL)
    assert late.status_code == 409
    assert "write a new need instead" in words(late)


async def test_a_need_that_others_have_answered_cannot_be_edited(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_need(client)
    kept = await form_at(client, f"{where}/edit")
    await set_columns(copy, "need", where, state="proposed")
    answer = await client.post(f"{where}/edit", kept | {"title": "Else"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 409
    assert "Answer the proposal first" in words(answer)
    need_id = UUID(where.rpartition("/")[2])
    with pytest.raises(ActionRefused):
        async with database.transaction(NORTHSHIRE) as session:
            await change_need(session, acting(HEAD_OF_MILL), need_id, {"title": "Else"}, 2)


async def test_from_its_date_on_the_whole_authority_sees_it(client: Client, copy: DatabaseCopy) -> None:
    from tests.personas import HEAD_OF_FORD, HEAD_OF_QUAY, LEAD_OF_SOUTH

    where = await posted_need(client)
    assert (await client.get(where, as_=HEAD_OF_PARK)).status_code == 200
    for beyond in (HEAD_OF_QUAY, HEAD_OF_FORD, LEAD_OF_SOUTH):
        assert (await client.get(where, as_=beyond)).status_code == 404
    shown = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "the whole authority sees it" in shown
    await set_columns(copy, "need", where, visible_to_authority_from=date(2026, 1, 1))
    for beyond in (HEAD_OF_QUAY, HEAD_OF_FORD, LEAD_OF_SOUTH):
        page = words(await client.get(where, as_=beyond))
        assert "Fluency in Year 3 and 4" in page
        assert "Activity" not in page
        assert "Withdraw" not in page
