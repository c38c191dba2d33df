"""A motion from tabling to its result, and many votes at the moment of closing."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.motions import api, declaring, following
from alongside.features.motions.queries import get_motion, motions_of_body
from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import DatabaseCopy, open_database
from tests.features.motions.builders import CLERK, FROM, Board, acting, make_board
from tests.personas import HEAD_OF_PARK, HEAD_OF_SERVICE, MILL, NORTHSHIRE


@pytest.fixture
async def board(copy: DatabaseCopy) -> AsyncIterator[Board]:
    """The board, written without triggers."""
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    yield await make_board(owner)
    await owner.close()


def a_draft(board: Board, *subjects: api.Subject) -> api.Draft:
    """A motion on categories."""
    return api.Draft(board.id, "categories", "general", "Agree", "The board agrees.", subjects=subjects)


async def test_a_motion_on_a_school_is_decided_without_its_head(database: Database, board: Board) -> None:
    """Derived interest, dispensation, reasons of seats, a changed vote, the result, and the overruling."""
    async with database.transaction(NORTHSHIRE) as session:
        subject = api.Subject("school", str(MILL), MILL)
        motion = await api.table_motion(session, CLERK, a_draft(board, subject))
        await api.open_motion(session, CLERK, motion, [*board.voting, board.officer])
        reasons = {
            one.seat_id: one.reason
            for one in await session.execute(text("SELECT seat_id, reason FROM motion_elector"))
        }
        assert reasons[board.mill] == "interest in Mill Primary School"
        assert reasons[board.officer] == "non-voting seat"
        assert reasons[board.vacant] == "vacant seat"
        assert reasons[board.park] == "votes"
        await api.record_votes(session, CLERK, motion, {board.park: "against", board.quay: "for"})
        await api.record_votes(session, CLERK, motion, {board.park: "for"})
        with pytest.raises(ActionRefused, match="no vote"):
            async with session.begin_nested():
                await api.record_votes(session, CLERK, motion, {board.mill: "for"})
        assert await api.close_motion(session, CLERK, motion) == "carried"
        await following.overrule(
            session, acting(HEAD_OF_SERVICE), motion, "unlawful", "Education Act 2002", "It is unlawful"
        )
        row = await get_motion(session, CLERK, Permission.VIEW_MOTION, motion)
        assert (row.state, row.votes_for, row.votes_against, row.abstained) == ("carried", 2, 0, 0)
        assert [one.id for one in (await motions_of_body(session, CLERK, board.id, "decided"))[0]] == [motion]
        notified = await session.execute(
            text("SELECT person_id FROM notification WHERE kind = 'motion_overruled'")
        )
        assert len(notified.all()) == 5
        history = await session.execute(text("SELECT choice FROM vote WHERE superseded_by IS NOT NULL"))
        assert history.scalars().all() == ["against"]


async def test_a_dispensation_lets_a_head_vote(database: Database, board: Board) -> None:
    """A derived interest is set aside with a reason; a declared one is not."""
    async with database.transaction(NORTHSHIRE) as session:
        motion = await api.table_motion(
            session, CLERK, a_draft(board, api.Subject("school", str(MILL), MILL))
        )
        await declaring.dispense(session, CLERK, motion, board.mill, "Nobody else knows the building")
        await declaring.declare_interest(
            session, CLERK, motion, board.park, "a relative works there", "spoke"
        )
        with pytest.raises(ActionRefused, match="no interest"):
            await declaring.dispense(session, CLERK, motion, board.park, "Why")
        await api.open_motion(session, CLERK, motion, board.voting)
        await api.record_votes(session, CLERK, motion, {board.mill: "for", board.quay: "against"})
        assert await api.close_motion(session, CLERK, motion) == "lost"
        with pytest.raises(ActionRefused, match="schools grant"):
            async with session.begin_nested():
                await following.refer_motion(session, acting(HEAD_OF_SERVICE), motion, "Why")


async def test_a_motion_without_quorum_or_of_another_remit(database: Database, board: Board) -> None:
    """One present seat of five; and a Forum's kind of motion on a board that is none."""
    async with database.transaction(NORTHSHIRE) as session:
        motion = await api.table_motion(session, CLERK, a_draft(board))
        await api.open_motion(session, CLERK, motion, [board.park])
        await api.record_votes(session, CLERK, motion, {board.park: "for"})
        assert await api.close_motion(session, CLERK, motion) == "inquorate"
        other = api.Draft(board.id, "categories", "formula", "Formula", "The Forum agrees.")
        with pytest.raises(ActionRefused, match="does not decide"):
            await api.table_motion(session, CLERK, other)


async def test_two_hundred_votes_at_the_close_count_once_each(
    copy: DatabaseCopy, database: Database, board: Board
) -> None:
    """Each seat votes while the clerk closes: every vote that was accepted is in the result, and no other."""
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    own = {"authority_id": NORTHSHIRE}
    async with database.transaction(NORTHSHIRE) as session:
        motion = await api.table_motion(session, CLERK, a_draft(board))
    seats: list[UUID] = []
    for number in range(200):
        seat = await put(
            owner,
            "seat",
            **own,
            body_id=board.id,
            constituency="many",
            number=number + 1,
            voting=True,
            holders="headteacher",
            from_on=FROM,
        )
        await put(
            owner,
            "motion_elector",
            **own,
            motion_id=motion,
            seat_id=seat,
            person_id=HEAD_OF_PARK.person_id,
            may_vote=True,
            may_speak=True,
            reason="votes",
            present=True,
        )
        seats.append(seat)
    await owner.execute(
        "UPDATE motion SET state = 'open', opened_at = now(), quorum_needed = 1 WHERE id = $1", motion
    )
    await owner.close()
    busy = open_database(copy)
    places = asyncio.Semaphore(8)
    closing = asyncio.Event()

    async def vote(place: int) -> int:
        """Vote twice; the last accepted vote counts. Returns how many seats this is."""
        accepted = 0
        for choice in ("against", "for"):
            async with places:
                if place == 100:
                    closing.set()
                try:
                    async with busy.transaction(NORTHSHIRE) as session:
                        await api.record_votes(session, CLERK, motion, {seats[place]: choice})
                    accepted = 1
                except ActionRefused:
                    pass
        return accepted

    async def close() -> str:
        """Close the motion in the midst of the votes."""
        await closing.wait()
        async with busy.transaction(NORTHSHIRE) as session:
            return await api.close_motion(session, CLERK, motion)

    state, *accepted = await asyncio.gather(close(), *(vote(place) for place in range(200)))
    async with busy.transaction(NORTHSHIRE) as session:
        row = await get_motion(session, CLERK, Permission.VIEW_MOTION, motion)
    await busy.close()
    assert row.state == state
    assert (row.votes_for or 0) + (row.votes_against or 0) == sum(accepted)  # type: ignore[arg-type]
