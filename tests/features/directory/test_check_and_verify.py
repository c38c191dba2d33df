"""Peer check and verification: who may do them, and that nothing else moves the review date."""

from datetime import date, timedelta

import asyncpg
import pytest

from alongside.errors import ActionRefused
from alongside.features.directory.moderation.actions import peer_check_entry
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.directory.form_values import checked_entry, entry, sent_entry, verified_entry, verify
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.needs.form_values import form_at
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    TWIN_OFFICER,
)

GOOD = {"fit": "yes", "note": "We could do this tomorrow."}


async def test_the_whole_way_from_draft_to_the_directory(client: Client, copy: DatabaseCopy) -> None:
    where = await sent_entry(client)
    assert "Waiting for the headteacher of another school" in words(await client.get(where, as_=HEAD_OF_PARK))
    assert "Ten minutes of reading aloud" in words(await client.get("/directory/entries", as_=HEAD_OF_PARK))
    await client.post(f"{where}/check", GOOD, as_=HEAD_OF_PARK)
    assert "Ten minutes of reading aloud" in words(await client.get("/directory/entries", as_=LEAD_OF_NORTH))
    await verify(client, where, level="2")
    row = await entry_row(copy, where)
    assert (row["state"], row["evidence_level"], row["checked_by_urn"]) == ("verified", 2, PARK)
    assert row["review_due_on"] - row["reviewed_on"] == timedelta(days=365)
    page = words(await client.get(where, as_=HEAD_OF_PARK))
    assert "Observed by a peer (2 of 4 padlocks)" in page and "review due" in page
    notified = await asked(copy, "SELECT kind FROM notification WHERE person_id = $1", HEAD_OF_MILL.person_id)
    assert "entry_verified" in {one["kind"] for one in notified}


async def test_a_peer_check_of_the_own_school_is_refused_behind_the_button(
    client: Client, database: Database
) -> None:
    entry_id = id_of(await sent_entry(client))
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="another school"):
            await peer_check_entry(session, acting(HEAD_OF_MILL), entry_id, "Fine", fit=True)


async def test_nobody_is_their_own_peer_or_verifies_what_they_checked(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await sent_entry(client)
    for act in ("get", "post"):
        answer = await getattr(client, act)(f"{where}/check", as_=HEAD_OF_MILL)
        assert answer.status_code == 409, act
    assert (await client.post(f"{where}/check", GOOD, as_=DELEGATE_OF_MILL)).status_code == 404
    assert (await client.post(f"{where}/check", GOOD, as_=LEAD_OF_NORTH)).status_code == 303
    kept = await form_at(client, f"{where}/verification", LEAD_OF_NORTH) | {"level": "1"}
    refused = await client.post(f"{where}/verification", kept, as_=LEAD_OF_NORTH)
    assert refused.status_code == 409 and "somebody else has to verify" in words(refused)
    assert (await entry_row(copy, where))["state"] == "peer_check"
    await verify(client, where, as_=OFFICER)


async def test_a_lead_who_also_heads_the_school_leaves_it_to_another(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await checked_entry(client)
    await asked(
        copy,
        "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
        " VALUES ($1, $2, 'headteacher', $3, '2020-09-01') RETURNING id",
        NORTHSHIRE,
        LEAD_OF_NORTH.person_id,
        MILL,
    )
    kept = await form_at(client, f"{where}/verification", LEAD_OF_NORTH) | {"level": "1"}
    refused = await client.post(f"{where}/verification", kept, as_=LEAD_OF_NORTH)
    assert refused.status_code == 409 and "This entry is about your school or written by you" in words(
        refused
    )


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        (f"checked_by_urn = {MILL}", "peer_is_of_another_school"),
        ("verified_by = written_by", "nobody_verifies_their_own"),
        ("verified_edition = edition + 1", "what_is_verified_stands"),
        ("visible_to_authority_from = current_date", "shown_to_all"),
        ("state = 'submitted'", "allowed_transition"),
    ],
)
async def test_postgresql_keeps_it_whoever_asks(
    client: Client, copy: DatabaseCopy, columns: str, constraint: str
) -> None:
    """The database enforces the rules, whatever Python does."""
    where = await verified_entry(client)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(
            copy,
            f"UPDATE directory_entry SET {columns} WHERE authority_id = $1 AND id = $2",
            NORTHSHIRE,
            id_of(where),
        )
    assert constraint in str(refused.value.constraint_name)


async def test_other_consortia_and_authorities_neither_check_nor_verify(client: Client) -> None:
    where = await sent_entry(client)
    for one in (HEAD_OF_QUAY, HEAD_OF_LOCK, LEAD_OF_SOUTH, TWIN_OFFICER):
        for noun in ("check", "verification", "return"):
            assert (await client.get(f"{where}/{noun}", as_=one)).status_code == 404, (one.name, noun)
    assert (await client.post(f"{where}/check", GOOD, as_=HEAD_OF_PARK)).status_code == 303
    assert (await client.get(f"{where}/verification", as_=HEAD_OF_PARK)).status_code == 404


async def test_what_is_taken_back_is_no_longer_for_peers(client: Client) -> None:
    """The URL of a peer check does not show the withdrawn draft of another school."""
    where = await sent_entry(client)
    assert (await client.get(f"{where}/check", as_=HEAD_OF_PARK)).status_code == 200
    await client.post(f"{where}/retraction", as_=HEAD_OF_MILL)
    assert (await client.get(f"{where}/check", as_=HEAD_OF_PARK)).status_code == 404
    for said in ({"fit": "no"}, GOOD):
        assert (await client.post(f"{where}/check", said, as_=HEAD_OF_PARK)).status_code == 404


async def test_more_than_the_schools_own_word_needs_a_look(client: Client, copy: DatabaseCopy) -> None:
    where = await checked_entry(client)
    kept = await form_at(client, f"{where}/verification", LEAD_OF_NORTH)
    unseen = await client.post(f"{where}/verification", kept | {"level": "3"}, as_=LEAD_OF_NORTH)
    assert unseen.status_code == 422 and "Tick that you have seen what shows it" in words(unseen)
    assert (await entry_row(copy, where))["state"] == "peer_check"


async def test_what_comes_back_says_why_and_can_be_sent_again(client: Client) -> None:
    where = await sent_entry(client)
    assert (await client.post(f"{where}/check", {"fit": "no"}, as_=HEAD_OF_PARK)).status_code == 422
    said = {"fit": "no", "note": "How many books were in the box?"}
    assert (await client.post(f"{where}/check", said, as_=HEAD_OF_PARK)).status_code == 303
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Returned" in page and "How many books were in the box?" in page
    kept = await form_at(client, f"{where}/edit") | {"what_we_did": "Thirty books a box", "act": "submit"}
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    await client.post(f"{where}/check", GOOD, as_=HEAD_OF_PARK)
    assert (await client.post(f"{where}/return", {}, as_=LEAD_OF_NORTH)).status_code == 422
    back = await client.post(f"{where}/return", {"note": "Whose evidence?"}, as_=LEAD_OF_NORTH)
    assert back.status_code == 303
    assert "Whose evidence?" in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_words_that_others_are_checking_stand(client: Client) -> None:
    where = await sent_entry(client)
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post(f"{where}/edit", entry(version="1"), as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post(f"{where}/retraction", as_=HEAD_OF_MILL)).status_code == 303
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 200


async def test_a_text_changed_after_it_was_verified_waits_and_says_so(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client)
    read = await form_at(client, f"{where}/verification", LEAD_OF_NORTH)
    kept = await form_at(client, f"{where}/edit") | {"problem": "Another problem."}
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    assert (await entry_row(copy, where))["state"] == "review_due"
    assert "It was changed after it was verified" in words(await client.get(where, as_=HEAD_OF_PARK))
    late = await client.post(f"{where}/verification", read | {"level": "1"}, as_=LEAD_OF_NORTH)
    assert late.status_code == 409 and "changed while you were reading" in words(late)
    await verify(client, where)
    row = await entry_row(copy, where)
    assert (row["state"], row["verified_edition"]) == ("reverified", row["edition"])


async def test_reading_never_makes_an_entry_fresh(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client)
    before = await entry_row(copy, where)
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER):
        for path in (where, f"{where}/verification", "/directory/entries"):
            await client.get(path, as_=one)
    assert await entry_row(copy, where) == before


async def test_an_entry_is_archived_with_a_reason_and_taken_out_again(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client)
    assert (await client.post(f"{where}/archive", {}, as_=HEAD_OF_MILL)).status_code == 422
    gone = await client.post(f"{where}/archive", {"note": "We stopped."}, as_=HEAD_OF_MILL)
    assert gone.status_code == 303
    assert (await client.get(where, as_=HEAD_OF_PARK)).status_code == 404
    assert (await client.post(f"{where}/restoration", as_=HEAD_OF_MILL)).status_code == 303
    assert (await entry_row(copy, where))["state"] == "draft"
    other = await verified_entry(client, title="Old")
    out = await client.post(f"{other}/retirement", {"note": "It no longer holds."}, as_=LEAD_OF_NORTH)
    assert out.status_code == 303 and (await entry_row(copy, other))["state"] == "archived"


async def test_the_school_keeps_an_entry_whose_writer_has_left(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, as_=DELEGATE_OF_MILL)
    gone = date(2021, 1, 1)
    await asked(
        copy, "UPDATE person SET left_on = $1 WHERE id = $2 RETURNING id", gone, DELEGATE_OF_MILL.person_id
    )
    page = soup(await client.get(where, as_=HEAD_OF_PARK)).get_text(" ")
    assert "Somebody who has left; the school keeps it" in " ".join(page.split())
    assert "Dele Mill" not in page
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 200
