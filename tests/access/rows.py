"""A database for comparing rows: everything that lists show, for five schools, each row with a unique name.

Pages are searched for the names (`ZQ-need-mill-open`) and ids; which persona should find which is written in
`expected.py`, without code of the product.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.models import DirectoryEntry
from alongside.features.directory.versions.models import EntryVersion
from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.features.escalations.builders import put_escalation
from tests.personas import (
    ADMINISTRATOR,
    FORD,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MEMBERS,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    PERSONAS,
    QUAY,
    SOUTH,
    SOUTHSHIRE,
)

NOW = datetime.now(UTC)
TODAY = APP_DAY
ASSIGNMENTS: dict[str, tuple[int, int, int]] = {
    "mill": (NORTHSHIRE, MILL, FORD),
    "park": (NORTHSHIRE, PARK, LOCK),
    "quay": (NORTHSHIRE, QUAY, LOCK),
    "ford": (NORTHSHIRE, FORD, LOCK),
    "twin": (SOUTHSHIRE, MILL, FORD),
}
"""The authority of each place, its school, and the school that supports it."""

ENTRY_STATES = ("draft", "submitted", "peer_check", "verified")
AUDIENCES: dict[str, date | None] = {"consortium": None, "everybody": TODAY - timedelta(days=30)}


@dataclass
class Rows:
    """The inserted rows: the name of each, by its id and by its unique text."""

    names: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, row_id: Any = None) -> str:
        """Register a row under its name; returns the unique text for it."""
        words = f"ZQ-{name}"
        self.names[words] = name
        if row_id is not None:
            self.names[str(row_id)] = name
        return words

    def known(self, row_id: Any, name: str) -> None:
        """Register the id of a row."""
        self.names[str(row_id)] = name

    def shown_in(self, text: str) -> set[str]:
        """Return the names of all rows whose text or id is in a text."""
        return {name for token, name in self.names.items() if _stands_in(token, text)}


def _stands_in(token: str, text: str) -> bool:
    at = text.find(token)
    while at >= 0:
        after = text[at + len(token) : at + len(token) + 1]
        if not (after.isalnum() or after in "-_"):
            return True
        at = text.find(token, at + 1)
    return False


async def make_rows(copy: DatabaseCopy) -> Rows:
    """Fill a database with the rows of all places."""
    connection = await asyncpg.connect(copy.superuser_url)
    database = open_database(copy)
    rows = Rows()
    try:
        for place in ASSIGNMENTS:
            await _escalations(connection, rows, place)
        await connection.execute("SET session_replication_role = replica")
        for place in ASSIGNMENTS:
            await _posts(connection, rows, place)
            await _visit_request(connection, rows, place)
            await _barriers(connection, rows, place)
        await _plans(connection, rows)
        await _own_things(connection, rows)
        await _entries(connection, rows, database)
    finally:
        await database.close()
        await connection.close()
    return rows


def _need(place: str, title: str, state: str, audience: str) -> dict[str, Any]:
    authority_id, urn, _ = ASSIGNMENTS[place]
    return {
        "authority_id": authority_id,
        "school_urn": urn,
        "state": state,
        "title": title,
        "theme": "phonics",
        "phase": "primary",
        "wanted": "Help",
        "success_criteria": "Every child reads",
        "form_of_support": "coaching",
        "urgency": "soon",
        "audience": audience,
        "visible_to_authority_from": AUDIENCES[audience],
        "posted_at": NOW,
        "confirmed_on": TODAY,
    }


def _offer(authority_id: int, urn: int, title: str, state: str, audience: str) -> dict[str, Any]:
    return {
        "authority_id": authority_id,
        "school_urn": urn,
        "state": state,
        "title": title,
        "description": "We coach",
        "leader_name": "Sam Sound",
        "leader_is_head": False,
        "days_total": 20,
        "engagements_max": 5,
        "appetite": "yes",
        "audience": audience,
        "visible_to_authority_from": AUDIENCES[audience],
        "posted_at": NOW,
        "confirmed_on": TODAY,
    }


async def _posts(connection: asyncpg.Connection, rows: Rows, place: str) -> None:
    authority_id, urn, giving = ASSIGNMENTS[place]
    for state, audience in (("draft", "consortium"), ("open", "consortium"), ("open", "everybody")):
        name = f"need-{place}-{state}-{audience}"
        rows.known(await put(connection, "need", **_need(place, rows.add(name), state, audience)), name)
    for state, audience in (("draft", "consortium"), ("live", "consortium"), ("live", "everybody")):
        name = f"offer-{place}-{state}-{audience}"
        offer_id = await put(
            connection, "offer", **_offer(authority_id, urn, rows.add(name), state, audience)
        )
        rows.known(offer_id, name)
    for kind, state in (("proposal", "proposed"), ("agreement", "agreed")):
        name = f"{kind}-{place}"
        need_id = await put(
            connection, "need", **_need(place, rows.add(f"need-of-{name}"), state, "consortium")
        )
        rows.known(need_id, f"need-of-{name}")
        offer_id = await put(
            connection,
            "offer",
            **_offer(authority_id, giving, rows.add(f"offer-of-{name}"), "live", "consortium"),
        )
        rows.known(offer_id, f"offer-of-{name}")
        sides = {"authority_id": authority_id, "requesting_urn": urn, "supporting_urn": giving}
        terms = {"days": 2, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=60)}
        proposal_id = await put(
            connection,
            "proposal",
            **sides,
            **terms,
            need_id=need_id,
            offer_id=offer_id,
            state=state,
            message=rows.add(f"message-of-{name}"),
            proposed_as="leader",
            respond_by=TODAY + timedelta(days=10),
        )
        if kind == "proposal":
            rows.known(proposal_id, name)
            continue
        agreement_id = await put(
            connection,
            "support_agreement",
            **sides,
            **terms,
            need_id=need_id,
            offer_id=offer_id,
            proposal_id=proposal_id,
            state="active",
        )
        rows.known(agreement_id, name)


async def _visit_request(connection: asyncpg.Connection, rows: Rows, place: str) -> None:
    authority_id, urn, giving = ASSIGNMENTS[place]
    name = f"visit-{place}"
    visit_id = await put(
        connection,
        "visit_request",
        authority_id=authority_id,
        requesting_urn=urn,
        supporting_urn=giving,
        state="asked",
        wanted=rows.add(name),
        visitors="Two teachers",
        visitor_count=2,
        earliest_on=TODAY + timedelta(days=14),
        latest_on=TODAY + timedelta(days=28),
        asked_by=OFFICER.person_id,
        respond_by=TODAY + timedelta(days=7),
        respond_from=TODAY,
        respond_days=5,
    )
    rows.known(visit_id, name)


async def _barriers(connection: asyncpg.Connection, rows: Rows, place: str) -> None:
    authority_id, urn, other = ASSIGNMENTS[place]
    inside = {"authority_id": authority_id}
    words = rows.add(f"exclusion-{place}")
    await put(
        connection,
        "school_exclusion",
        **inside,
        school_urn=urn,
        other_urn=other,
        reason=words,
        made_by=OFFICER.person_id,
    )
    words = rows.add(f"unfit-{place}")
    await put(
        connection,
        "school_support_suspension",
        **inside,
        school_urn=urn,
        reason=words,
        set_by=OFFICER.person_id,
    )
    words = rows.add(f"hold-{place}")
    await put(
        connection,
        "legal_hold",
        **inside,
        kind="school",
        school_urn=urn,
        why=words,
        placed_by=OFFICER.person_id,
    )


async def _plans(connection: asyncpg.Connection, rows: Rows) -> None:
    whose: dict[str, tuple[int, UUID | None]] = {
        "plan-north": (NORTHSHIRE, NORTH),
        "plan-south": (NORTHSHIRE, SOUTH),
        "plan-all": (NORTHSHIRE, None),
        "plan-twin": (SOUTHSHIRE, NORTH),
    }
    for name, (authority_id, consortium_id) in whose.items():
        for state in ("superseded", "done"):
            run_id = await put(
                connection,
                "plan_run",
                authority_id=authority_id,
                consortium_id=consortium_id,
                state=state,
                because="fresh",
                weights_version=1,
                seed=1,
                limit_seconds=5,
                input_hash="0" * 64,
                needs=0,
                offers=0,
                status="optimal",
                total=0,
                stopped_because="Solved to the end.",
                coverage="[]",
                solve_milliseconds=4,
            )
            rows.known(run_id, f"{name}-{state}")


async def _escalations(connection: asyncpg.Connection, rows: Rows, place: str) -> None:
    authority_id, urn, _ = ASSIGNMENTS[place]
    consortium_id = MEMBERS.get(urn, NORTH)
    raised_by = (LEAD_OF_SOUTH if consortium_id == SOUTH else LEAD_OF_NORTH).person_id
    inside = {"authority_id": authority_id, "school_urn": urn, "consortium_id": consortium_id}
    for state in ("raised", "active", "closed"):
        for output in (True, False):
            name = f"case-{place}-{state}-{'told' if output else 'deferred'}"
            more = {} if output else {"notified_at": None}
            escalation_id = await put_escalation(
                connection, state, **inside, raised_by=raised_by, wanted=rows.add(name), **more
            )
            rows.known(escalation_id, name)


async def _own_things(connection: asyncpg.Connection, rows: Rows) -> None:
    for one in (*PERSONAS, ADMINISTRATOR.twin, OFFICER.twin):
        who = one.name.split()[0].lower() + ("-twin" if one.authority_id == SOUTHSHIRE else "")
        inside = {"authority_id": one.authority_id, "person_id": one.person_id}
        await put(
            connection,
            "notification",
            **inside,
            kind="proposal",
            text=rows.add(f"notification-{who}"),
            path="/home",
            once=who,
        )
        await put(
            connection,
            "directory_subscription",
            **inside,
            kind="theme",
            subject="phonics",
            name=rows.add(f"following-{who}"),
        )
        watched = {"role_assignment_id": one.role_assignment_id, "school_urn": MILL}
        await put(connection, "watched_school", **inside, **watched)
        await put(connection, "saved_view", **inside, name=rows.add(f"view-{who}"), query="?quiet=y")
        await put(
            connection,
            "declared_interest",
            **inside,
            other_urn=LOCK,
            kind="other",
            words=rows.add(f"interest-{who}"),
        )
        await put(
            connection,
            "user_session",
            **inside,
            token_hash=who.encode(),
            issuer="https://stage.example",
            device=rows.add(f"device-{who}"),
            expires_at=NOW + timedelta(days=1),
        )
        for state in ("given_up", "sent"):
            await put(
                connection,
                "email_outbox",
                **inside,
                to_address=f"{who}@mail.example",
                subject=rows.add(f"mail-{state}-{who}"),
                body="Words",
                state=state,
                last_error="No such address",
                path="/home",
            )
    for place, (authority_id, urn, _) in ASSIGNMENTS.items():
        await put(
            connection,
            "invitation",
            authority_id=authority_id,
            token_hash=place.encode(),
            name=rows.add(f"invited-{place}"),
            email=f"{place}@invited.example",
            role="delegate",
            school_urn=urn,
            expires_at=NOW + timedelta(days=7),
        )


async def _entries(connection: asyncpg.Connection, rows: Rows, database: Database) -> None:
    """Insert entries with only the triggers that update the search index and the public table."""
    guards = ("allowed_transition", "refuse_without_consent")
    for guard in guards:
        await connection.execute(f"ALTER TABLE directory_entry DISABLE TRIGGER {guard}")
    for place, (authority_id, urn, _) in ASSIGNMENTS.items():
        async with database.transaction(authority_id) as session:
            for state in ENTRY_STATES:
                for visibility in (
                    ("consortium", "authority", "public") if state == "verified" else ("consortium",)
                ):
                    name = f"entry-{place}-{state}-{visibility}"
                    await _entry(session, rows, name, urn, state, visibility)
    for guard in guards:
        await connection.execute(f"ALTER TABLE directory_entry ENABLE TRIGGER {guard}")


async def _entry(session: AsyncSession, rows: Rows, name: str, urn: int, state: str, visibility: str) -> None:
    verified = state == "verified"
    authority_id = SOUTHSHIRE if "-twin-" in name else NORTHSHIRE
    entry_id = uuid4()
    await session.execute(
        insert(DirectoryEntry).values(
            id=entry_id,
            authority_id=authority_id,
            school_urn=urn,
            state=state,
            title=rows.add(name),
            themes=["phonics"],
            problem="Too few children read",
            visibility=visibility,
            visible_to_authority_from=None if visibility == "consortium" else TODAY - timedelta(days=1),
            verified_edition=1 if verified else None,
            reviewed_on=TODAY if verified else None,
            review_due_on=TODAY + timedelta(days=300) if verified else None,
            listed_at=NOW if verified else None,
        )
    )
    rows.known(entry_id, name)
    await session.execute(
        insert(EntryVersion).values(authority_id=authority_id, entry_id=entry_id, edition=1, written={})
    )
