"""A proposal to share seats by the register: over HTTP, with a tie that a lot decides, and what PostgreSQL keeps."""

from collections.abc import Mapping

import msgspec
import pytest
from sqlalchemy import text

from alongside.errors import ValidationFailed
from alongside.features.boards.apportioning import LARGEST_REMAINDER, SAINTE_LAGUE, apportion
from alongside.features.boards.proposal_pages import lines_of, notes_of
from alongside.features.boards.proposals import Question, propose_apportionment, two_proposals
from alongside.features.boards.queries import BodyRecord, bodies_of
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY
from tests.features.boards.builders import BOARD, constituted
from tests.personas import CLERK, HEAD_OF_MILL, HEAD_OF_SERVICE, MEMBER_OF_BOARD, NORTHSHIRE, OFFICER

PAGE = f"{BOARD}/apportionments"


async def pupils(database: Database, **numbers: int) -> None:
    """Set the pupils of Mill, and none elsewhere."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE school SET pupils = 0"))
        await session.execute(
            text("UPDATE school SET pupils = :mill WHERE urn = 990001"), {"mill": numbers["mill"]}
        )


async def the_body(database: Database, shares: Mapping[str, int]) -> BodyRecord:
    """Return the board as if these constituencies, each of the primary schools, shared its seats."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        (found,) = await bodies_of(session, system(NORTHSHIRE, APP_DAY))
    primary = found.settings.constituencies["primary"]
    groups = {
        key: msgspec.structs.replace(primary, label=key.title(), guaranteed=first)
        for key, first in shares.items()
    }
    return BodyRecord(found.key, msgspec.structs.replace(found.settings, constituencies=groups), found.stored)


CLERK_OF_BOARD = Principal(NORTHSHIRE, Role.CLERK, APP_DAY, id=CLERK.person_id, name=CLERK.name)


async def test_a_clerk_proposes_and_everybody_on_the_board_reads_the_sums(
    client: Client, database: Database
) -> None:
    """No seat changes by it; the result stays, with the one before it beside the next."""
    await constituted(client)
    await pupils(database, mill=200)
    assert "There is no proposal yet" in words(await client.get(PAGE, as_=MEMBER_OF_BOARD))
    form = {"method": LARGEST_REMAINDER, "seats": "5"}
    for one in (HEAD_OF_MILL, OFFICER, MEMBER_OF_BOARD):
        assert (await client.post(PAGE, form, as_=one)).status_code == 404
    typed = await client.post(PAGE, form | {"seats": "many"}, as_=CLERK)
    assert typed.status_code == 422 and "many" in typed.text and "whole number from 1 to 200" in typed.text
    no_tie = await client.post(PAGE, form | {"drawn": "primary"}, as_=CLERK)
    assert no_tie.status_code == 422 and "There is no tie" in no_tie.text
    assert (await client.post(PAGE, form, as_=CLERK)).status_code == 303
    assert (
        await client.post(PAGE, {"method": SAINTE_LAGUE, "seats": "6"}, as_=HEAD_OF_SERVICE)
    ).status_code == 303
    page = words(await client.get(PAGE, as_=HEAD_OF_MILL))
    assert "This is a proposal" in page and "Proposal 1" in page
    assert "Primary schools 200 0 6 18.182 (18 2/11) 15.385 (15 5/13) 6 6 5" in page
    assert "With 7 seats: Primary schools 7." in page
    assert "Cleo Clerk" in words(await client.get(f"{PAGE}?page=2", as_=HEAD_OF_MILL))
    assert "7 seats filled" in words(await client.get(BOARD, as_=HEAD_OF_MILL))


async def test_a_register_without_pupils_gives_no_proposal(client: Client, database: Database) -> None:
    await constituted(client)
    await pupils(database, mill=0)
    answer = await client.post(PAGE, {"method": LARGEST_REMAINDER, "seats": "5"}, as_=CLERK)
    assert answer.status_code == 422 and "no numbers of pupils" in answer.text


async def test_a_tie_waits_for_a_lot_which_is_kept(client: Client, database: Database) -> None:
    """Two groups of equal size and an odd seat: the sentence names both, and the winner is stored with who drew."""
    await constituted(client)
    await pupils(database, mill=200)
    body = await the_body(database, {"north": 0, "south": 0})
    with pytest.raises(ValidationFailed, match=r"North, South\. Draw the lot, then select 1 of them"):
        await ask(database, body, Question(LARGEST_REMAINDER, 5, ()))
    with pytest.raises(ValidationFailed, match="select 1 of them"):
        await ask(database, body, Question(LARGEST_REMAINDER, 5, ("north", "south")))
    await ask(database, body, Question(LARGEST_REMAINDER, 5, ("south",)))
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        (kept,) = await two_proposals(session, CLERK_OF_BOARD, body.id, 1)
        stored = (
            await session.execute(text("SELECT drawn, drawn_by, drawn_at IS NOT NULL FROM apportionment"))
        ).one()
    assert kept.result == {"north": 2, "south": 3}
    assert stored == (["south"], CLERK.person_id, True)
    again = apportion(kept.method, kept.numbers, kept.seats, kept.guaranteed, kept.drawn)
    assert {one.key: one.seats for one in again} == kept.result
    lines = lines_of(body, kept, None)
    assert [(one.label, one.seats, one.by_lot, one.other) for one in lines] == [
        ("North", 2, False, "By lot"),
        ("South", 3, True, "By lot"),
    ]
    assert notes_of(body, kept) == ["With 4 seats: North 2, South 2.", "With 6 seats: North 3, South 3."]


async def test_more_guaranteed_seats_than_seats_are_refused(client: Client, database: Database) -> None:
    await constituted(client)
    await pupils(database, mill=200)
    body = await the_body(database, {"north": 3, "south": 3})
    with pytest.raises(ValidationFailed, match="Enter at least 6"):
        await ask(database, body, Question(LARGEST_REMAINDER, 5, ()))


async def test_before_the_constitution_nothing_is_proposed(client: Client) -> None:
    form = {"method": LARGEST_REMAINDER, "seats": "5"}
    assert (await client.post(PAGE, form, as_=CLERK)).status_code == 409
    assert "There is no proposal yet" in words(await client.get(PAGE, as_=CLERK))


async def ask(database: Database, body: BodyRecord, question: Question) -> None:
    """Propose as the clerk."""
    async with database.transaction(NORTHSHIRE) as session:
        await propose_apportionment(session, CLERK_OF_BOARD, body, question)
