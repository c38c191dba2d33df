"""A motion that is carried agrees categories in the same transaction; PostgreSQL refuses it otherwise."""

from uuid import UUID

import asyncpg
from sqlalchemy import text

from alongside.platform.access.principal import Role, system
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.categories.builders import a_proposal, agree, discuss, moderate
from tests.features.motions.builders import SERVICE, run_as_app
from tests.features.motions.test_pages import MEETING, act, day_of, seated, tabled
from tests.personas import ADMINISTRATOR, CLERK, HEAD_OF_SERVICE, MEMBER_OF_BOARD, NORTHSHIRE, PARK


async def moderated(client: Client) -> str:
    """Take a category of Park to the moderation; returns its address."""
    address = await a_proposal(client, PARK)
    await discuss(client, address)
    assert await moderate(client, address) == 303
    return address


async def decided(client: Client, address: str, choice: str) -> str:
    """Let the board vote on a category of Park; returns the motion, still open."""
    seats = await seated(client)
    motion = await tabled(client, MEETING)
    effect = f"support_category:{address.rpartition('/')[2]}"
    await act(client, f"{motion}/effects", {"effect": ""}, CLERK, 422)
    await act(client, f"{motion}/effects", {"effect": effect}, CLERK)
    page = words(await client.get(motion, as_=MEMBER_OF_BOARD))
    assert "What it decides if it is carried" in page and "Park" in page
    present = {"present": [str(seats[one]) for one in ("mill", "park", "quay", "member")]}
    await act(client, f"{motion}/opening", present, CLERK)
    assert "No vote: interest in Park" in words(await client.get(motion, as_=CLERK))
    votes = {f"seat_{seats[one].hex}": choice for one in ("mill", "quay", "member")}
    await act(client, f"{motion}/votes", votes, CLERK)
    return motion


async def test_a_carried_motion_agrees_the_category_and_both_sides_say_so(client: Client) -> None:
    """Agreed in the close; the category links to the motion, and the motion to the category."""
    address = await moderated(client)
    motion = await decided(client, address, "for")
    assert "View the board’s motion" not in (await client.get(address, as_=HEAD_OF_SERVICE)).text
    await act(client, f"{motion}/close", {}, CLERK)
    category = await client.get(address, as_=HEAD_OF_SERVICE)
    assert "Improvement Board, motion board-1" in category.text and f'href="{motion}"' in category.text
    page = await client.get(motion, as_=HEAD_OF_SERVICE)
    assert "What it decided" in page.text and f'href="{address}"' in page.text
    assert f'href="{address}"' not in (await client.get(motion, as_=MEMBER_OF_BOARD)).text


async def test_a_lost_motion_changes_nothing_and_one_that_comes_too_late_is_not_carried(
    client: Client,
) -> None:
    """The category stays as it was; if the head of service agreed it meanwhile, the close is refused as a whole."""
    address = await moderated(client)
    motion = await decided(client, address, "for")
    assert await agree(client, address, "targeted") == 303
    assert "no longer waits for the board" in await act(client, f"{motion}/close", {}, CLERK, 409)
    assert "Open for votes" in words(await client.get(motion, as_=CLERK))


async def test_postgresql_lets_no_other_motion_agree_a_category(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """A lost motion, one that is open, and one on something else, with the app bypassed."""
    address = await moderated(client)
    motion = await decided(client, address, "against")
    ids = {"c": UUID(address.rpartition("/")[2]), "m": UUID(motion.rpartition("/")[2])}
    sql = (
        "UPDATE support_category SET state = 'agreed', category_agreed = category_moderated, agreed_on = :on,"
        " decision_reference = 'x', agreed_motion_id = :m WHERE id = :c"
    )
    nobody = system(NORTHSHIRE, APP_DAY)
    assert await run_as_app(database, sql, nobody, on=APP_DAY, **ids) == "support_category_agreed"
    await act(client, f"{motion}/close", {}, CLERK)
    assert "Lost" in words(await client.get(motion, as_=CLERK))
    for one in (nobody, SERVICE):
        assert await run_as_app(database, sql, one, on=APP_DAY, **ids) == "support_category_agreed"
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("UPDATE motion SET state = 'carried'")
    await owner.execute("UPDATE motion_subject SET subject = 'another'")
    assert await run_as_app(database, sql, nobody, on=APP_DAY, **ids) == "support_category_agreed"
    await owner.execute("UPDATE motion_subject SET subject = $1", str(ids["c"]))
    assert await run_as_app(database, sql, nobody, on=APP_DAY, **ids) == ""
    await owner.close()


async def test_who_looks_after_a_decision_hands_it_over_when_they_leave(
    client: Client, database: Database
) -> None:
    """The administrator reads a number only; afterwards the clerk can name another."""
    motion = await decided(client, await moderated(client), "for")
    await act(client, f"{motion}/close", {}, CLERK)
    owner = {"result_reason": "It suits all", "conditions": "", "owner": str(MEMBER_OF_BOARD.person_id)}
    await act(client, f"{motion}/outcome", owner | day_of("review_on", APP_DAY), CLERK)
    leaving = f"/people/{MEMBER_OF_BOARD.person_id}/departure"
    assert "1 decision" in words(await client.get(leaving, as_=ADMINISTRATOR))
    assert (await client.post(leaving, {}, as_=ADMINISTRATOR)).status_code == 303
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.SYSTEM.value))
        found = await session.execute(text("SELECT state, owner_id FROM motion"))
        assert [tuple(row) for row in found.all()] == [("carried", None)]
