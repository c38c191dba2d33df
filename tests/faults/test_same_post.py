"""The same form sent 100 times at once runs once, and gives the same response each time."""

import asyncio
from uuid import uuid4

import pytest
from litestar import Litestar
from sqlalchemy import text

from alongside.platform.database.session import Database
from alongside.platform.web.idempotency import AGAIN
from tests.databases import DatabaseCopy
from tests.faults.clients import app_on_a_small_pool, call
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, SOUTHSHIRE, Persona

TIMES = 100


async def needs_called(
    database: Database, title: str, authority_id: int = NORTHSHIRE
) -> tuple[int, int, int]:
    """Return how many needs of that title there are, with their audit entries and notifications."""
    async with database.transaction(authority_id, read_only=True) as session:
        row = (
            await session.execute(
                text(
                    "WITH mine AS (SELECT id::text AS id FROM need WHERE title = :title)"
                    " SELECT (SELECT count(*) FROM mine),"
                    " (SELECT count(DISTINCT (verb, id)) FROM audit_entry WHERE subject_id IN (SELECT id FROM mine)),"
                    " (SELECT count(*) FROM audit_entry WHERE subject_id IN (SELECT id FROM mine))"
                ),
                {"title": title},
            )
        ).one()
    return row[0], row[1], row[2]


async def send(app: Litestar, one: Persona, title: str, key: str) -> tuple[int, str, str]:
    """Post a need; when the product is too busy, send the same again, as its page offers."""
    for _ in range(60):
        answer = await call(app, one, "/needs", need(title=title, checked_second="y"), key=key)
        if answer.status != 503:
            break
        await asyncio.sleep(0.2)
    return answer.status, answer.headers.get("location", ""), answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("connections", [4, 20])
async def test_one_post_sent_a_hundred_times_at_once(
    copy: DatabaseCopy, database: Database, connections: int
) -> None:
    """One need, one audit entry for each action, and a hundred equal responses."""
    async with app_on_a_small_pool(copy, connections) as app:
        key = uuid4().hex
        answers = await asyncio.gather(*(send(app, HEAD_OF_MILL, "Sent often", key) for _ in range(TIMES)))
    assert len(set(answers)) == 1
    status, location, said = answers[0]
    assert status == 303
    assert location.startswith("/needs/")
    assert "posted" in said
    needs, different_entries, entries = await needs_called(database, "Sent often")
    assert needs == 1
    assert entries == different_entries > 0


async def test_a_hundred_forms_of_their_own_are_a_hundred_needs(
    copy: DatabaseCopy, database: Database
) -> None:
    """The control: the key makes them one, not the content, once the person was asked whether they mean it."""
    async with app_on_a_small_pool(copy, 4) as app:
        sent = (send(app, HEAD_OF_MILL, "Meant often", f"{AGAIN}{uuid4().hex}") for _ in range(20))
        answers = await asyncio.gather(*sent)
    assert {status for status, _, _ in answers} == {303}
    assert (await needs_called(database, "Meant often"))[0] == 20


async def test_the_same_key_for_something_else(copy: DatabaseCopy, database: Database) -> None:
    """Other content under a used key is refused (422), and so is another address; nothing is done."""
    async with app_on_a_small_pool(copy, 4) as app:
        key = uuid4().hex
        first = await send(app, HEAD_OF_MILL, "The first", key)
        other = await call(app, HEAD_OF_MILL, "/needs", need(title="The second", checked_second="y"), key=key)
        elsewhere = await call(app, HEAD_OF_MILL, f"{first[1]}/pause", {}, key=key)
        again = await send(app, HEAD_OF_MILL, "The first", key)
    assert first[0] == 303
    assert (other.status, elsewhere.status) == (422, 422)
    assert "already sent with other content" in other.text
    assert again == first
    assert (await needs_called(database, "The second"))[0] == 0


async def test_two_contents_race_for_one_key(copy: DatabaseCopy, database: Database) -> None:
    """Sent at the same moment, one of the two succeeds and the other is refused."""
    async with app_on_a_small_pool(copy, 4) as app:
        for turn in range(10):
            key = uuid4().hex
            titles = [f"Left {turn}", f"Right {turn}"]
            answers = await asyncio.gather(*(send(app, HEAD_OF_MILL, title, key) for title in titles))
            assert sorted(status for status, _, _ in answers) == [303, 422]
            made = [(await needs_called(database, title))[0] for title in titles]
            assert sorted(made) == [0, 1]
            assert made == [int(status == 303) for status, _, _ in answers]


async def test_a_key_is_its_owners_alone(copy: DatabaseCopy, database: Database) -> None:
    """A colleague and the twin who send the same key each get their own result."""
    people = (HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_MILL.twin)
    async with app_on_a_small_pool(copy, 4) as app:
        key = uuid4().hex
        answers = await asyncio.gather(*(send(app, one, "One key", key) for one in people))
    assert {status for status, _, _ in answers} == {303}
    assert len({location for _, location, _ in answers}) == 3
    assert (await needs_called(database, "One key"))[0] == 2
    assert (await needs_called(database, "One key", SOUTHSHIRE))[0] == 1


async def test_a_refused_form_leaves_its_key_free(copy: DatabaseCopy, database: Database) -> None:
    """A form answered with 422 may be corrected and sent again from the same page."""
    async with app_on_a_small_pool(copy, 4) as app:
        key = uuid4().hex
        refused = await call(app, HEAD_OF_MILL, "/needs", need(title="", checked_second="y"), key=key)
        mended = await send(app, HEAD_OF_MILL, "Mended", key)
    assert refused.status == 422
    assert mended[0] == 303
    assert (await needs_called(database, "Mended"))[0] == 1
