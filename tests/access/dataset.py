"""One row of everything for each scope: own school, same consortium, another consortium, the twin's."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tests.access.escalations import escalation_of_everything
from tests.access.performance import performance_of_everything
from tests.access.profiles import profile_of_everything
from tests.databases import APP_DAY
from tests.personas import (
    ADMINISTRATOR,
    FORD,
    HEAD_OF_MILL,
    LOCK,
    MEMBER_OF_BOARD,
    MEMBERS,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTHSHIRE,
)

SCOPES = ("own", "same consortium", "other consortium", "twin", "missing")
SIDES = {
    "own": (NORTHSHIRE, MILL, FORD),
    "same consortium": (NORTHSHIRE, PARK, FORD),
    "other consortium": (NORTHSHIRE, QUAY, LOCK),
    "twin": (SOUTHSHIRE, MILL, FORD),
}
CLAIMED_FOR = {MILL: PARK, PARK: MILL, QUAY: MILL}
"""The school that the school of a claim supports, by its URN."""

TWIN_ONLY = 990099
"""A school that only the other authority has."""

NOW = datetime.now(UTC)
TODAY = APP_DAY
BEGAN = TODAY - timedelta(days=400)
"""Since when there is a board, also on the day of a browser that has the real date."""


@dataclass
class World:
    """The ids of all rows, by scope and by the name of the path parameter."""

    ids: dict[str, dict[str, Any]] = field(default_factory=dict)

    def value(self, scope: str, name: str) -> Any:
        """Return the path parameter for this scope."""
        if scope == "missing":
            return 123456 if name == "urn" else uuid4()
        return self.ids[scope][name]


async def put(connection: asyncpg.Connection, table: str, **row: Any) -> UUID:
    """Insert a row with triggers disabled; returns its id."""
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made: UUID = await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
    return made


async def make_world(superuser_url: str) -> World:
    """Fill a database with one row of everything in every scope; nothing is visible beyond its consortium."""
    connection = await asyncpg.connect(superuser_url)
    world = World()
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number)"
            " VALUES ($1, $2, 'Twin School', 'primary', 'open', 902, 2999)",
            SOUTHSHIRE,
            TWIN_ONLY,
        )
        for scope, (authority_id, asking, giving) in SIDES.items():
            world.ids[scope] = await _one_of_each(connection, authority_id, asking, giving)
        world.ids["twin"]["urn"] = TWIN_ONLY
    finally:
        await connection.close()
    return world


async def _need(connection: asyncpg.Connection, authority_id: int, urn: int, state: str = "open") -> UUID:
    return await put(
        connection,
        "need",
        authority_id=authority_id,
        school_urn=urn,
        state=state,
        title="Help with phonics",
        theme="phonics",
        phase="primary",
        wanted="Help with phonics",
        success_criteria="Every child reads",
        form_of_support="coaching",
        urgency="soon",
        audience="consortium",
        posted_at=NOW,
        confirmed_on=TODAY,
    )


async def _offer(connection: asyncpg.Connection, authority_id: int, urn: int, **more: Any) -> UUID:
    return await put(
        connection,
        "offer",
        **more,
        authority_id=authority_id,
        school_urn=urn,
        state="live",
        title="Phonics coaching",
        description="We coach",
        leader_name="Sam Sound",
        leader_is_head=False,
        days_total=20,
        engagements_max=5,
        appetite="yes",
        posted_at=NOW,
        confirmed_on=TODAY,
    )


async def _proposal(
    connection: asyncpg.Connection, inside: dict[str, Any], sides: dict[str, int], state: str
) -> UUID:
    return await put(
        connection,
        "proposal",
        **inside,
        **sides,
        need_id=await _need(connection, inside["authority_id"], sides["requesting_urn"], "proposed"),
        offer_id=await _offer(connection, inside["authority_id"], sides["supporting_urn"]),
        state=state,
        days=2,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=60),
        message="Shall we?",
        proposed_as="leader",
        respond_by=TODAY + timedelta(days=10),
    )


async def _agreement(
    connection: asyncpg.Connection, inside: dict[str, Any], sides: dict[str, int], state: str
) -> UUID:
    proposal = await _proposal(connection, inside, sides, "agreed")
    [(need_id, offer_id)] = await connection.fetch(
        "SELECT need_id, offer_id FROM proposal WHERE id = $1", proposal
    )
    return await put(
        connection,
        "support_agreement",
        **inside,
        **sides,
        proposal_id=proposal,
        need_id=need_id,
        offer_id=offer_id,
        state=state,
        days=2,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=60),
        challenge_until=TODAY + timedelta(days=10),
    )


async def _one_of_each(
    connection: asyncpg.Connection, authority_id: int, asking: int, giving: int
) -> dict[str, Any]:
    inside = {"authority_id": authority_id}
    sides = {"requesting_urn": asking, "supporting_urn": giving}
    turned = {"requesting_urn": giving, "supporting_urn": asking}
    active = await _agreement(connection, inside, sides, "active")
    preparing = await _agreement(connection, inside, sides, "preparing")
    entry_id = await _entry(connection, authority_id, asking)
    planned = await _visit(connection, inside, active, state="planned")
    need_id = await _need(connection, authority_id, asking)
    return {
        "urn": asking,
        "need_id": need_id,
        "offer_id": await _offer(connection, authority_id, asking),
        "run_id": await _plan(connection, inside, sides, need_id),
        "exclusion_id": await put(
            connection,
            "school_exclusion",
            **inside,
            school_urn=asking,
            other_urn=giving,
            made_by=HEAD_OF_MILL.person_id,
        ),
        "proposal_id": await _proposal(connection, inside, sides, "proposed"),
        "to_release": await _proposal(connection, inside, turned, "to_release"),
        "agreement_id": active,
        **await _claim(
            connection, inside, {"requesting_urn": CLAIMED_FOR.get(asking, giving), "supporting_urn": asking}
        ),
        "preparing": preparing,
        "aim_id": await put(
            connection,
            "aim",
            **inside,
            agreement_id=preparing,
            aim="Read",
            measure="m",
            baseline="b",
            target="t",
        ),
        "visit_id": planned,
        "try_id": await put(
            connection,
            "practice_try",
            **inside,
            school_urn=asking,
            visit_id=planned,
            state="intended",
            line="rereading",
            written_by=HEAD_OF_MILL.person_id,
            ask_on=TODAY,
        ),
        "visit_to_answer": await _visit(connection, inside, active, **RECORDED, answer="waiting"),
        "disputed_visit": await _visit(
            connection, inside, active, **RECORDED, answer="disagree", answer_reason="Nobody came"
        ),
        "amendment_id": await _amendment(connection, inside, active),
        **await _message(connection, inside, await _visit_request(connection, inside | sides), asking),
        "visit_request_to_answer": await _visit_request(connection, inside | turned),
        "succession_id": await put(
            connection,
            "school_succession",
            **inside,
            old_urn=await _closed_school(connection, authority_id, asking + 90),
            kind="closure",
            state="open",
            question="The school has closed and no school follows it.",
        ),
        "request_id": await put(
            connection,
            "subject_request",
            **inside,
            person_id=HEAD_OF_MILL.person_id,
            asked_by=ADMINISTRATOR.person_id,
            why="Request of 3 March",
        ),
        **await escalation_of_everything(connection, authority_id, asking),
        **await profile_of_everything(connection, authority_id, asking),
        "entry_id": entry_id,
        **await _attachments(connection, authority_id, entry_id),
        **await _notice(connection, inside, asking),
        **await _consultation(connection, inside, asking),
        **await _board(connection, inside),
        "school_label_id": await put(
            connection,
            "school_label",
            **inside,
            school_urn=asking,
            label="stuck",
            starts_on=TODAY,
            rule_version="1",
            source="Published results",
        ),
        **await performance_of_everything(connection, inside, asking),
        "fund_id": await _fund(connection, inside, asking),
        "support_category_id": await put(
            connection,
            "support_category",
            **inside,
            school_urn=asking,
            academic_year="2026-27",
            phase="primary",
            state="notified",
            consortium_id=MEMBERS[asking],
            category_proposed="targeted",
            reasons_proposed="Reading fell",
            proposed_on=TODAY,
            notified_on=TODAY,
            appeal_by=TODAY + timedelta(days=14),
        ),
        **await _public_entry(connection, authority_id, asking),
    }


RECORDED: dict[str, Any] = {
    "state": "recorded",
    "done": "Two lessons seen",
    "recorded_side": "supporting",
    "answer_asked_on": TODAY,
    "answer_due_on": TODAY + timedelta(days=7),
}


async def _visit(
    connection: asyncpg.Connection, inside: dict[str, int], agreement_id: UUID, **values: Any
) -> UUID:
    """Insert a visit of an agreement."""
    return await put(
        connection,
        "visit",
        **inside,
        **values,
        agreement_id=agreement_id,
        visit_on=TODAY,
        days=1,
        focus="Reading",
        record_due_on=TODAY + timedelta(days=7),
    )


async def _visit_request(connection: asyncpg.Connection, owned: dict[str, int]) -> UUID:
    """Insert a request for a visit to a school in general."""
    return await put(
        connection,
        "visit_request",
        **owned,
        state="asked",
        wanted="Reading in Year 1",
        visitors="Two teachers",
        visitor_count=2,
        earliest_on=TODAY + timedelta(days=14),
        latest_on=TODAY + timedelta(days=28),
        asked_by=HEAD_OF_MILL.person_id,
        respond_by=TODAY + timedelta(days=7),
        respond_from=TODAY,
        respond_days=5,
    )


async def _notice(connection: asyncpg.Connection, inside: dict[str, Any], urn: int) -> dict[str, Any]:
    """Insert a notice of the leads of a school's consortium to its heads and delegates, with its parts."""
    consortium_id = MEMBERS[urn]
    notice_id = await put(
        connection,
        "notice",
        **inside,
        consortium_id=consortium_id,
        state="posted",
        title="Moderation meeting",
        body="Bring three books",
        audience="heads",
        audience_consortium_id=consortium_id,
        with_delegates=True,
        ends_on=TODAY + timedelta(days=20),
        event_on=TODAY + timedelta(days=10),
        posted_at=NOW,
    )
    of_it = {**inside, "notice_id": notice_id}
    sent = {"filename": "plan.txt", "media_type": "text/plain", "size": 1, "body": b"x"}
    return {
        "notice_id": notice_id,
        "notice_file_id": await put(connection, "notice_file", **of_it, **sent),
        "question_id": await put(
            connection, "notice_question", **of_it, question="Where?", asked_by=HEAD_OF_MILL.person_id
        ),
    }


async def _fund(connection: asyncpg.Connection, inside: dict[str, Any], urn: int) -> UUID:
    """Insert a fund with its accounts in the ledger."""
    accounts = {
        f"{name}account_id": await put(
            connection, "ledger_account", **inside, key=f"fund {urn} {name}", unit="pence"
        )
        for name in ("", "invoiced_", "paid_")
    }
    return await put(
        connection,
        "fund",
        **inside,
        key=f"fund_{urn}",
        financial_year="2026-27",
        label="Intervention",
        source="authority",
        purpose="intervention",
        phase="primary",
        held_by="",
        section_251_line="",
        **accounts,
    )


async def _board(connection: asyncpg.Connection, inside: dict[str, Any]) -> dict[str, Any]:
    """Insert the authority's board, once, with a seat that a board member holds and a written motion that is open."""
    found = await connection.fetchrow(
        "SELECT u.id AS substitute_id, u.seat_id, m.id AS motion_id FROM seat_substitute u"
        " JOIN motion m ON m.authority_id = u.authority_id WHERE u.authority_id = $1",
        inside["authority_id"],
    )
    if found is not None:
        return dict(found)
    names = {"key": "board", "name": "Improvement Board", "kind": "board"}
    rules = {"chair_rule": "from_members", "school_majority": True}
    body_id = await put(connection, "body", **inside, **names, **rules, constituted_on=BEGAN)
    group = {"constituency": "independent", "number": 1, "holders": "independent", "from_on": BEGAN}
    seat_id = await put(connection, "seat", **inside, body_id=body_id, voting=True, **group)
    await put(
        connection,
        "seat_appointment",
        **inside,
        seat_id=seat_id,
        body_id=body_id,
        voting=True,
        person_id=MEMBER_OF_BOARD.person_id,
        how="appointed",
        by="The board",
        from_on=BEGAN,
    )
    substitute = {"seat_id": seat_id, "person_id": MEMBER_OF_BOARD.person_id, "from_on": BEGAN}
    motion = {
        "reference": "board-1",
        "body_id": body_id,
        "remit": "categories",
        "kind": "general",
        "how": "written",
    }
    motion |= {"title": "Agree the dates", "text": "The board agrees the dates.", "state": "open"}
    motion |= {
        "majority": "simple",
        "quorum_needed": 1,
        "opened_at": NOW,
        "closes_at": NOW + timedelta(days=9),
    }
    flags = {"casting_vote": True, "overruling": True, "referable": False, "tabled_by": OFFICER.person_id}
    motion_id = await put(connection, "motion", **inside, **motion, **flags)
    elector = {"seat_id": seat_id, "person_id": MEMBER_OF_BOARD.person_id, "reason": "votes"}
    may = {"may_vote": True, "may_speak": True, "present": True}
    await put(connection, "motion_elector", **inside, motion_id=motion_id, **elector, **may)
    return {
        "motion_id": motion_id,
        "seat_id": seat_id,
        "substitute_id": await put(connection, "seat_substitute", **inside, **substitute),
    }


async def _claim(
    connection: asyncpg.Connection, inside: dict[str, Any], sides: dict[str, int]
) -> dict[str, Any]:
    """Insert a claim of the supporting school of an agreement."""
    agreement_id = await _agreement(connection, inside, sides, "active")
    claimed = {"agreement_id": agreement_id, "state": "submitted", "claimed_by": HEAD_OF_MILL.person_id}
    return {
        "agreement_to_claim": agreement_id,
        "claim_id": await put(connection, "claim", **inside, **claimed, days=1, pence=35_000),
    }


async def _consultation(connection: asyncpg.Connection, inside: dict[str, Any], urn: int) -> dict[str, Any]:
    """Insert an open consultation that asks one school, with a question."""
    consultation_id = await put(
        connection,
        "consultation",
        **inside,
        state="open",
        title="Method for profiles",
        body="We propose three years",
        school_days=10,
        opens_on=TODAY,
        closes_on=TODAY + timedelta(days=14),
    )
    await connection.execute(
        "INSERT INTO consultation_school (authority_id, consultation_id, school_urn, answer_by)"
        " VALUES ($1, $2, $3, $4)",
        inside["authority_id"],
        consultation_id,
        urn,
        TODAY + timedelta(days=14),
    )
    asked = {
        "number": 1,
        "kind": "agreement",
        "wording": "Agree?",
        "choices": ["Agree", "Disagree", "No view"],
    }
    of_it = {**inside, "consultation_id": consultation_id, **asked}
    return {
        "consultation_id": consultation_id,
        "consultation_question_id": await put(connection, "consultation_question", **of_it),
    }


async def _message(
    connection: asyncpg.Connection, inside: dict[str, int], visit_request_id: UUID, urn: int
) -> dict[str, Any]:
    """Insert a message with a file about a visit request."""
    thread_id = await put(connection, "message_thread", **inside, visit_request_id=visit_request_id)
    sent = {
        "kind": "file",
        "body": "Our plan",
        "filename": "plan.txt",
        "media_type": "text/plain",
        "content": b"x",
    }
    written = {"school_urn": urn, "written_by": HEAD_OF_MILL.person_id}
    message_id = await put(connection, "message", **inside, **written, **sent, thread_id=thread_id)
    return {"visit_request_id": visit_request_id, "message_id": message_id}


async def _closed_school(connection: asyncpg.Connection, authority_id: int, urn: int) -> int:
    """Insert a closed school; returns its URN."""
    await connection.execute(
        "INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number)"
        " VALUES ($1, $2, 'Closed School', 'primary', 'closed', $1, $2 % 10000)",
        authority_id,
        urn,
    )
    return urn


async def _public_entry(connection: asyncpg.Connection, authority_id: int, urn: int) -> dict[str, Any]:
    """Insert a public entry with a picture and a file."""
    entry_id = await _entry(connection, authority_id, urn, "public")
    await connection.execute(
        "INSERT INTO public_entry SELECT (jsonb_populate_record(NULL::public_entry,"
        " to_jsonb(e) || jsonb_build_object('school', 'A school'))).* FROM directory_entry e WHERE id = $1",
        entry_id,
    )
    kept = await _attachments(connection, authority_id, entry_id)
    return {"public_id": entry_id} | {f"public_{name}": value for name, value in kept.items()}


async def _attachments(connection: asyncpg.Connection, authority_id: int, entry_id: UUID) -> dict[str, Any]:
    """Insert a picture and a file of an entry."""
    inside = {"authority_id": authority_id, "entry_id": entry_id, "edition": 1}
    drawn = {"alternative_text": "A shelf", "media_type": "image/png", "width": 1, "height": 1, "body": b"x"}
    sent = {"filename": "plan.txt", "media_type": "text/plain", "size": 1, "body": b"x"}
    return {
        "picture_id": await put(connection, "entry_picture", **inside, **drawn),
        "attachment_id": await put(connection, "entry_attachment", **inside, **sent),
    }


async def _entry(
    connection: asyncpg.Connection, authority_id: int, urn: int, visibility: str = "consortium"
) -> UUID:
    entry_id = await put(
        connection,
        "directory_entry",
        authority_id=authority_id,
        school_urn=urn,
        state="verified",
        title="Reading every morning",
        themes=["early_reading"],
        problem="Too few children read at home",
        visibility=visibility,
        visible_to_authority_from=TODAY if visibility == "public" else None,
        verified_edition=1,
        reviewed_on=TODAY,
        review_due_on=TODAY + timedelta(days=365),
        listed_at=NOW,
    )
    await connection.execute(
        "INSERT INTO entry_version (authority_id, entry_id, edition, written) VALUES ($1, $2, 1, '{}')",
        authority_id,
        entry_id,
    )
    return entry_id


async def _amendment(connection: asyncpg.Connection, inside: dict[str, Any], agreement_id: UUID) -> UUID:
    return await put(
        connection,
        "amendment",
        **inside,
        agreement_id=agreement_id,
        state="proposed",
        proposed_side="supporting",
        days=3,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=90),
        aims="[]",
        agreement_version=1,
        reason="Snow closed the school",
        proposed_by=HEAD_OF_MILL.person_id,
    )


async def _plan(
    connection: asyncpg.Connection, inside: dict[str, Any], sides: dict[str, int], need_id: UUID
) -> UUID:
    """Insert a plan that was sent, of the consortium of the requesting school."""
    run_id = await put(
        connection,
        "plan_run",
        **inside,
        consortium_id=MEMBERS[sides["requesting_urn"]],
        state="superseded" if sides["requesting_urn"] == PARK else "sent",
        because="fresh",
        weights_version=1,
        seed=1,
        limit_seconds=5,
        input_hash="0" * 64,
        needs=1,
        offers=1,
        status="optimal",
        total=20_700,
        stopped_because="Solved to the end.",
        coverage='[{"tier": 1, "needs": 1, "served": 1, "at_most": 1, "proven": true}]',
        solve_milliseconds=4,
    )
    await put(
        connection,
        "plan_assignment",
        **inside,
        **sides,
        run_id=run_id,
        need_id=need_id,
        tier=1,
        offer_id=await _offer(
            connection,
            inside["authority_id"],
            sides["supporting_urn"],
            visible_to_authority_from=TODAY - timedelta(days=30),
        ),
        score=700,
        rank=1,
        candidates=1,
        days=2,
        pence=70_000,
        parts="{}",
        why="{}",
    )
    return run_id
