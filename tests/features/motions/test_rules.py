"""PostgreSQL keeps the rules of motions, with the app bypassed: raw SQL as the app's role shows each refusal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import DatabaseCopy, open_database
from tests.features.motions.builders import CLERK, SERVICE, Board, make_board, member, run_as_app
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
)

LONG_AGO, FAR_OFF = datetime(2021, 1, 1, tzinfo=UTC), datetime(2121, 1, 1, tzinfo=UTC)


class Chamber:
    """A board, its database as the app's role, and the owner, for whom triggers are off."""

    def __init__(self, database: Database, owner: asyncpg.Connection, board: Board) -> None:
        self.database, self.owner, self.board = database, owner, board

    async def motion(self, state: str = "open", **more: Any) -> UUID:
        """Write a motion in a state, with its electors."""
        open_or_later = state != "tabled"
        decided = state not in ("tabled", "open", "deferred", "withdrawn")
        row: dict[str, Any] = {
            "authority_id": NORTHSHIRE,
            "reference": f"board-{uuid4().hex[:6]}",
            "body_id": self.board.id,
            "remit": "categories",
            "kind": "general",
            "title": "Agree the categories",
            "text": "The board agrees the categories.",
            "how": "meeting",
            "state": state,
            "majority": "simple",
            "casting_vote": True,
            "overruling": True,
            "referable": False,
            "quorum_needed": 2 if open_or_later else None,
            "opened_at": LONG_AGO if open_or_later else None,
            "closed_at": LONG_AGO if decided else None,
            "votes_for": 2 if decided else None,
            "votes_against": 2 if decided else None,
            "abstained": 0 if decided else None,
            "tabled_by": OFFICER.person_id,
        } | more
        made = await put(self.owner, "motion", **row)
        if open_or_later:
            for seat, person in (
                (self.board.mill, HEAD_OF_MILL),
                (self.board.park, HEAD_OF_PARK),
                (self.board.officer, OFFICER),
            ):
                votes = person is not OFFICER
                await put(
                    self.owner,
                    "motion_elector",
                    authority_id=NORTHSHIRE,
                    motion_id=made,
                    seat_id=seat,
                    person_id=person.person_id,
                    may_vote=votes,
                    may_speak=True,
                    reason="votes" if votes else "non-voting seat",
                    present=True,
                )
        return made

    async def run(self, sql: str, motion: UUID, requester: Principal = CLERK, **values: Any) -> str:
        """Run SQL about a motion as the app's role. Returns what refuses it."""
        return await run_as_app(self.database, sql, requester, a=NORTHSHIRE, m=motion, **values)

    async def vote(self, motion: UUID, seat: UUID, choice: str = "for", requester: Principal = CLERK) -> str:
        """Insert a vote."""
        return await self.run(VOTE, motion, requester, seat=seat, choice=choice, by=requester.id)


NO_PRIVILEGE = "42501"
"""The SQLSTATE of a row policy that refuses a row."""

VOTE = "INSERT INTO vote (authority_id, motion_id, seat_id, choice, voted_by) VALUES (:a, :m, :seat, :choice, :by)"
CLOSE = (
    "UPDATE motion SET state = :state, closed_at = now(), votes_for = :yes, votes_against = :no, abstained = 0"
    " WHERE authority_id = :a AND id = :m"
)
SET = "UPDATE motion SET {} WHERE authority_id = :a AND id = :m"
ELECTOR = (
    "INSERT INTO motion_elector (authority_id, motion_id, seat_id, person_id, may_vote, may_speak, reason, present)"
    " VALUES (:a, :m, :seat, :who, true, true, 'votes', true)"
)
OVERRULE = (
    "INSERT INTO motion_overruling (authority_id, motion_id, ground, legal_basis, reason, officer_id)"
    " VALUES (:a, :m, :ground, :basis, :reason, :who)"
)
REFER = (
    "INSERT INTO motion_referral (authority_id, motion_id, reason, referred_by) VALUES (:a, :m, 'Why', :who)"
)


@pytest.fixture(scope="module")
async def chamber(module_database: DatabaseCopy) -> AsyncIterator[Chamber]:
    """A board with motions, shared by the tests of this module: each writes its own motion."""
    database = open_database(module_database)
    owner = await asyncpg.connect(module_database.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    yield Chamber(database, owner, await make_board(owner))
    await owner.close()
    await database.close()


async def test_a_vote_without_right_a_second_and_a_late_one_are_refused(chamber: Chamber) -> None:
    """A non-voting seat, a seat outside the electorate, a withdrawn one, a second live vote, and after the close."""
    board, open_one = chamber.board, await chamber.motion()
    assert await chamber.vote(open_one, board.officer) == "vote_right"
    assert await chamber.vote(open_one, board.quay) == "vote_right"
    assert await chamber.vote(open_one, board.mill) == ""
    assert await chamber.vote(open_one, board.mill, "against") == "uq_vote_one_live"
    assert await chamber.vote(open_one, board.park, "perhaps") == "ck_vote_choice"
    interest = (
        "INSERT INTO motion_interest (authority_id, motion_id, seat_id, person_id, source, label, followed)"
        " VALUES (:a, :m, :seat, :who, 'declared', 'a relative', 'withdrew')"
    )
    who = HEAD_OF_PARK.person_id
    assert await chamber.run(interest, open_one, seat=board.park, who=who) == ""
    assert await chamber.vote(open_one, board.park) == "vote_right"
    assert await chamber.run(interest, open_one, seat=board.mill, who=who) == "motion_interest_before_vote"
    assert await chamber.run("DELETE FROM motion_interest WHERE motion_id = :m", open_one) == ""
    assert await chamber.owner.fetchval("SELECT count(*) FROM motion_interest WHERE motion_id = $1", open_one)
    for state in ("tabled", "carried", "lost", "inquorate"):
        assert await chamber.vote(await chamber.motion(state), board.mill) in (
            "vote_while_open",
            "vote_right",
        )
    assert await chamber.vote(await chamber.motion("carried"), board.mill) == "vote_while_open"


async def test_between_meetings_members_vote_for_themselves_until_the_closing_time(chamber: Chamber) -> None:
    """No proxy, and nothing after the closing time, even if nobody has closed it."""
    seat, me = chamber.board.mill, member(HEAD_OF_MILL)
    written = await chamber.motion(how="written", closes_at=FAR_OFF)
    assert await chamber.vote(written, seat) == "vote_right"
    assert await chamber.run(CLOSE, written, state="inquorate", yes=0, no=0) == "motion_closes_later"
    assert await chamber.vote(written, seat, requester=member(HEAD_OF_PARK)) == "vote_right"
    as_mine: dict[str, Any] = {"seat": seat, "choice": "for", "by": HEAD_OF_MILL.person_id}
    assert await chamber.run(VOTE, written, member(HEAD_OF_PARK), **as_mine) == NO_PRIVILEGE
    assert await chamber.run(VOTE, written, CLERK, **as_mine) == NO_PRIVILEGE
    in_meeting = await chamber.motion()
    assert await chamber.vote(in_meeting, seat, requester=me) == NO_PRIVILEGE
    assert await chamber.vote(written, seat, requester=me) == ""
    over = await chamber.motion(how="written", closes_at=LONG_AGO)
    assert await chamber.vote(over, seat, requester=me) == "vote_while_open"
    assert await chamber.run(CLOSE, over, state="lost", yes=0, no=0) == "motion_result"
    assert await chamber.run(CLOSE, over, state="inquorate", yes=0, no=0) == ""


async def test_votes_are_kept_as_history(chamber: Chamber) -> None:
    """A vote is neither changed nor deleted, and only a vote of the same seat supersedes it."""
    board, motion = chamber.board, await chamber.motion()
    assert await chamber.vote(motion, board.mill) == ""
    assert await chamber.vote(motion, board.park) == ""
    for change in ("choice = 'against'", "voted_at = now() - interval '1 day'", "superseded_by = id"):
        sql = f"UPDATE vote SET {change} WHERE authority_id = :a AND motion_id = :m"
        assert await chamber.run(sql, motion) == "vote_history", change
    own = "authority_id = :a AND motion_id = :m"
    other = (
        f"UPDATE vote SET superseded_by = (SELECT id FROM vote WHERE {own} AND seat_id = :park)"
        f" WHERE {own} AND seat_id = :mill"
    )
    assert await chamber.run(other, motion, park=board.park, mill=board.mill) == "vote_history"
    again = uuid4()
    change = (
        f"UPDATE vote SET superseded_by = :again WHERE {own} AND seat_id = :mill AND superseded_by IS NULL;"
        " INSERT INTO vote (authority_id, id, motion_id, seat_id, choice, voted_by)"
        " VALUES (:a, :again, :m, :mill, 'against', :by)"
    )
    assert await chamber.run(change, motion, again=again, mill=board.mill, by=CLERK.id) == ""
    erase = (
        f"UPDATE vote SET superseded_by = (SELECT id FROM vote WHERE {own} AND superseded_by = :again)"
        " WHERE authority_id = :a AND id = :again"
    )
    assert await chamber.run(erase, motion, again=again) == "vote_history"
    assert await chamber.run(f"DELETE FROM vote WHERE {own}", motion) == ""
    assert await chamber.owner.fetchval("SELECT count(*) FROM vote WHERE motion_id = $1", motion) == 3


async def test_text_rules_and_electorate_are_frozen(chamber: Chamber) -> None:
    """The text after the first vote, the rules and the electorate from the opening on."""
    board, motion = chamber.board, await chamber.motion()
    assert await chamber.run(SET.format("text = 'Better'"), motion) == ""
    assert await chamber.vote(motion, board.mill) == ""
    for column in ("text", "title"):
        assert await chamber.run(SET.format(f"{column} = 'Other'"), motion) == "motion_text_frozen"
    for change in ("majority = 'two_thirds'", "casting_vote = false", "overruling = false", "kind = 'view'"):
        assert await chamber.run(SET.format(change), motion) == "motion_rules_frozen", change
    for change in ("quorum_needed = 1", "opened_at = now()"):
        assert await chamber.run(SET.format(change), motion) == "motion_quorum_frozen", change
    assert await chamber.run(SET.format("votes_for = 9"), motion) == "motion_count_frozen"
    for own_schools in ("schools = '{990001}'", "dispensed = ARRAY[id]"):
        assert await chamber.run(SET.format(own_schools), motion) == "motion_rules_frozen"
    assert await chamber.run(SET.format("title = 'Mine'"), motion, member(HEAD_OF_MILL)) == "motion_manager"
    who: dict[str, Any] = {"seat": board.quay, "who": HEAD_OF_MILL.person_id}
    assert await chamber.run(ELECTOR, motion, **who) == "motion_electorate_frozen"
    own = "WHERE authority_id = :a AND motion_id = :m"
    sql = f"UPDATE motion_elector SET may_vote = true {own}"
    assert await chamber.run(sql, motion) == "motion_electorate_frozen"
    assert await chamber.run(f"DELETE FROM motion_elector {own}", motion) == ""
    assert await chamber.owner.fetchval("SELECT count(*) FROM motion_elector WHERE motion_id = $1", motion)
    decided = await chamber.motion("carried")
    assert await chamber.run(SET.format("votes_for = 9"), decided) == "motion_count_frozen"
    assert await chamber.run(SET.format("text = 'Other'"), decided) == "motion_text_frozen"


async def test_only_those_who_hold_a_voting_seat_without_an_interest_become_electors(
    chamber: Chamber,
) -> None:
    """A seat without a vote, a person who does not hold it, a head on their own school, and nobody at all."""
    board, motion = chamber.board, await chamber.motion("tabled")
    opening = SET.format("state = 'open', opened_at = now(), quorum_needed = 1")
    assert await chamber.run(opening, motion) == "motion_electorate"
    assert (
        await chamber.run(ELECTOR, motion, seat=board.officer, who=OFFICER.person_id) == "motion_elector_seat"
    )
    assert (
        await chamber.run(ELECTOR, motion, seat=board.mill, who=OFFICER.person_id) == "motion_elector_holder"
    )
    assert await chamber.run(ELECTOR, motion, seat=board.mill, who=HEAD_OF_MILL.person_id) == ""
    await put(
        chamber.owner,
        "motion_subject",
        authority_id=NORTHSHIRE,
        motion_id=motion,
        kind="school",
        subject=str(MILL),
        school_urn=MILL,
    )
    assert await chamber.run(opening, motion) == "motion_elector_interest"
    dispensed = (
        "INSERT INTO motion_interest (authority_id, motion_id, seat_id, person_id, source, label, followed,"
        " dispensation_reason, dispensed_by) VALUES (:a, :m, :seat, :who, 'derived', 'own school', 'stayed', '{}', {})"
    )
    who: dict[str, Any] = {"seat": board.mill, "who": HEAD_OF_MILL.person_id}
    assert await chamber.run(dispensed.format("", "NULL"), motion, **who) == "ck_motion_interest_derived"
    assert await chamber.run(dispensed.format("", ":who"), motion, **who) == "ck_motion_interest_dispensation"
    assert await chamber.run(dispensed.format("A reason", ":who"), motion, **who) == ""
    assert await chamber.run(opening, motion) == ""


async def test_the_result_is_that_of_the_votes(chamber: Chamber) -> None:
    """A forged count, a result against the count, and a motion without a quorum are refused."""
    board, motion = chamber.board, await chamber.motion()
    assert await chamber.vote(motion, board.mill) == ""
    assert await chamber.run(CLOSE, motion, state="carried", yes=2, no=0) == "motion_count"
    assert await chamber.run(CLOSE, motion, state="lost", yes=1, no=0) == "motion_result"
    assert await chamber.vote(motion, board.park, "against") == ""
    assert await chamber.run(CLOSE, motion, state="carried", yes=1, no=1) == "motion_result"
    assert await chamber.run(CLOSE, motion, state="tied", yes=1, no=1) == ""
    casting = SET.format("state = 'carried', casting_choice = 'for', casting_by = :who")
    assert await chamber.run(casting, motion, who=HEAD_OF_MILL.person_id) == "motion_casting_by_chair"
    assert await chamber.run(casting.replace("'for'", "'against'"), motion, who=HEAD_OF_PARK.person_id) == (
        "motion_casting_by_chair"
    )
    assert await chamber.run(casting, motion, who=HEAD_OF_PARK.person_id) == ""
    few = await chamber.motion(quorum_needed=5)
    assert await chamber.vote(few, board.mill) == ""
    assert await chamber.run(CLOSE, few, state="carried", yes=1, no=0) == "motion_result"
    assert await chamber.run(CLOSE, few, state="inquorate", yes=1, no=0) == ""


async def test_illegal_changes_of_state_are_refused(chamber: Chamber) -> None:
    """Back, forward past a step, and an end without a reason."""
    for start, end in (
        ("carried", "open"),
        ("lost", "carried"),
        ("tabled", "carried"),
        ("withdrawn", "open"),
    ):
        reason = {"ended_reason": "Why"} if start == "withdrawn" else {}
        motion = await chamber.motion(start, **reason)
        assert await chamber.run(SET.format(f"state = '{end}'"), motion) == "motion_transition", (start, end)
    motion = await chamber.motion("carried")
    assert await chamber.run(SET.format("state = 'rescinded'"), motion) == "ck_motion_ended_reason"
    assert await chamber.run(SET.format("state = 'rescinded', ended_reason = 'Law changed'"), motion) == ""


async def test_only_remits_that_allow_it_are_overruled_and_a_forum_never(chamber: Chamber) -> None:
    """Remit, ground, legal basis, and the Schools Forum; an overruling is neither changed nor deleted."""
    values: dict[str, Any] = {
        "ground": "unlawful",
        "basis": "Section 1",
        "reason": "Why",
        "who": HEAD_OF_SERVICE.person_id,
    }
    allowed = await chamber.motion("carried")
    assert await chamber.run(OVERRULE, allowed, **values) == NO_PRIVILEGE
    for field, refusal in (
        ("ground", "ck_motion_overruling_ground"),
        ("basis", "ck_motion_overruling_legal_basis"),
        ("reason", "ck_motion_overruling_reason"),
    ):
        assert await chamber.run(OVERRULE, allowed, SERVICE, **values | {field: ""}) == refusal
    assert await chamber.run(OVERRULE, allowed, SERVICE, **values) == ""
    own = "WHERE authority_id = :a AND motion_id = :m"
    changed = f"UPDATE motion_overruling SET reason = 'x' {own}"
    assert await chamber.run(changed, allowed, SERVICE) == "motion_overruling_kept"
    assert await chamber.run(f"DELETE FROM motion_overruling {own}", allowed, SERVICE) == ""
    found = await chamber.owner.fetchval("SELECT reason FROM motion_overruling WHERE motion_id = $1", allowed)
    assert found == "Why"
    for motion in (
        await chamber.motion("carried", overruling=False),
        await chamber.motion("open"),
        await chamber.motion("lost", overruling=False, referable=True),
    ):
        assert await chamber.run(OVERRULE, motion, SERVICE, **values) == "motion_overruling_allowed"
    forum = await make_board(chamber.owner, "forum", "forum")
    of_forum = await chamber.motion("lost", body_id=forum.id)
    assert await chamber.run(OVERRULE, of_forum, SERVICE, **values) == "motion_overruling_allowed"
    copied = (
        "INSERT INTO motion (authority_id, reference, body_id, remit, kind, title, text, how, state, majority,"
        " casting_vote, overruling, referable, tabled_by) SELECT authority_id, 'copy', :body, remit, kind, title,"
        " text, how, 'tabled', majority, casting_vote, true, false, tabled_by FROM motion"
        " WHERE authority_id = :a AND id = :m"
    )
    assert await chamber.run(copied, allowed, body=forum.id) == "motion_forum_is_not_overruled"


async def test_only_a_lost_motion_on_the_schools_grant_is_referred(chamber: Chamber) -> None:
    """Referred, then granted or refused, each with its record."""
    who = {"who": LEAD_OF_NORTH.person_id}
    lost = await chamber.motion("lost", overruling=False, referable=True)
    assert await chamber.run(SET.format("state = 'referred'"), lost) == "motion_referral"
    for motion in (
        await chamber.motion("lost"),
        await chamber.motion("carried", overruling=False, referable=True),
    ):
        assert await chamber.run(REFER, motion, SERVICE, **who) == "motion_referral"
    assert await chamber.run(REFER, lost, SERVICE, **who) == ""
    assert await chamber.run(SET.format("state = 'referred'"), lost) == ""
    assert await chamber.run(SET.format("state = 'granted'"), lost) == "motion_referral"
    own = "WHERE authority_id = :a AND motion_id = :m"
    answer = f"UPDATE motion_referral SET outcome = 'granted', outcome_on = '2026-11-01' {own}"
    assert (
        await chamber.run(f"UPDATE motion_referral SET reason = 'x' {own}", lost, SERVICE)
        == "motion_referral_kept"
    )
    assert await chamber.run(answer, lost, SERVICE) == ""
    assert await chamber.run(answer, lost, SERVICE) == "motion_referral_kept"
    assert await chamber.run(SET.format("state = 'refused'"), lost) == "motion_referral"
    assert await chamber.run(SET.format("state = 'granted'"), lost) == ""


async def test_dedelegation_is_decided_once_for_each_phase_line_and_year(chamber: Chamber) -> None:
    """A second motion on the same line is refused until the first one is withdrawn."""
    row = {"kind": "dedelegation", "phase": "primary", "line": "insurance", "financial_year": "2026-27"}
    motion = await chamber.motion("tabled", **row)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_motion_once_a_year"):
        await chamber.motion("tabled", **row)
    await chamber.motion("tabled", **row | {"line": "licences"})
    await chamber.motion("tabled", **row | {"phase": "secondary"})
    assert await chamber.run(SET.format("state = 'withdrawn', ended_reason = 'Why'"), motion) == ""
    await chamber.motion("tabled", **row)
    with pytest.raises(asyncpg.CheckViolationError, match="each_phase_line_and_year"):
        await chamber.motion("tabled", **row | {"line": ""})
