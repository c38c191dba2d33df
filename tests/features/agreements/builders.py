"""Builders for these tests: a principal, a need, an offer, a proposal, and an agreement in any state."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.aims.actions import write_aim
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.signing.actions import sign_agreement
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer, OfferTheme
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from tests.personas import DIOCESES, HEAD_OF_MILL, HEAD_OF_PARK, MEMBERS, MILL, NORTHSHIRE, PARK, Persona

TODAY = date(2026, 11, 24)
AIM = {
    "aim": "Fluent readers in Year 2",
    "measure": "Words a minute",
    "baseline": "55",
    "target": "90",
}


def acting(one: Persona, today: date = TODAY) -> Principal:
    """The principal of a test persona, as the request pipeline creates it."""
    chairs = one.role is Role.CHAIR_OF_GOVERNORS
    consortium = None if chairs else one.consortium_id or MEMBERS.get(one.school_urn or 0)
    members = {urn for urn, of in MEMBERS.items() if of == consortium} if consortium else set()
    return Principal(
        authority_id=one.authority_id,
        role=one.role,
        today=today,
        id=one.person_id,
        name=one.name,
        school_urn=one.school_urn,
        consortium_ids=(consortium,) if consortium else (),
        consortium_schools=frozenset(members),
        organisation_schools=frozenset(
            urn for urn, name in DIOCESES.items() if one.organisation is not None and name == one.organisation
        ),
    )


async def a_need(session: AsyncSession, school_urn: int = MILL, **other: Any) -> UUID:
    """Post a need that is visible to the whole authority."""
    settled: dict[str, Any] = {
        "state": "draft",
        "title": "Fluency in Year 2",
        "theme": "phonics",
        "phase": "primary",
        "wanted": "Help with fluency",
        "success_criteria": "Fluent readers",
        "form_of_support": "coaching",
        "urgency": "this_term",
        "audience": "everybody",
        "visible_to_authority_from": TODAY,
        "confirmed_on": TODAY,
        "posted_at": datetime.now(UTC),
    }
    settled = {name: value for name, value in (settled | other).items() if hasattr(Need, name)}
    made = Need(authority_id=NORTHSHIRE, school_urn=school_urn, **settled)
    session.add(made)
    await session.flush()
    if made.state == "draft":
        made.state = "open"
        await session.flush()
    return made.id


async def an_offer(session: AsyncSession, school_urn: int = PARK, *, days: str = "6", **other: Any) -> UUID:
    """Post an offer of a headteacher's own time that is visible to the whole authority."""
    settled: dict[str, Any] = {
        "title": "Phonics that works",
        "description": "We come to you",
        "leader_name": "Pat Park",
        "leader_is_head": True,
        "engagements_max": 3,
        "appetite": "yes",
        "audience": "everybody",
        "visible_to_authority_from": TODAY,
        "confirmed_on": TODAY,
        "posted_at": datetime.now(UTC),
    }
    settled = {name: value for name, value in (settled | other).items() if hasattr(Offer, name)}
    made = Offer(
        authority_id=NORTHSHIRE, school_urn=school_urn, state="draft", days_total=Decimal(days), **settled
    )
    session.add(made)
    await session.flush()
    made.state = "live"
    session.add(OfferTheme(authority_id=NORTHSHIRE, offer_id=made.id, theme="phonics", evidence="Results"))
    await session.flush()
    return made.id


def terms(days: str = "2", message: str = "") -> Terms:
    """Terms with days in the spring term."""
    return Terms(Decimal(days), date(2027, 1, 11), date(2027, 3, 19), message)


async def a_pair(database: Database, *, days: str = "6", **offer: Any) -> tuple[UUID, UUID]:
    """A need of Mill's and an offer of Park's."""
    async with database.transaction(NORTHSHIRE) as session:
        return await a_need(session), await an_offer(session, days=days, **offer)


async def a_proposal(
    database: Database, by: Persona = HEAD_OF_PARK, *, days: str = "2", **offer: Any
) -> UUID:
    """Park's offer proposed for Mill's need."""
    need_id, offer_id = await a_pair(database, **offer)
    async with database.transaction(NORTHSHIRE) as session:
        return await propose(session, acting(by), need_id, offer_id, terms(days))


async def an_agreement(database: Database, *, days: str = "2", pool: str = "6") -> UUID:
    """Park's support for Mill, agreed and in preparation."""
    need_id, offer_id = await a_pair(database, days=pool)
    async with database.transaction(NORTHSHIRE) as session:
        proposal_id = await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms(days))
        made = await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    assert made is not None
    return made


async def a_running_agreement(database: Database, *, days: str = "2", pool: str = "6") -> UUID:
    """Park supports Mill, both heads having signed one aim."""
    agreement_id = await an_agreement(database, days=days, pool=pool)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
        for head in (HEAD_OF_MILL, HEAD_OF_PARK):
            await sign_agreement(session, acting(head), agreement_id, 2)
    return agreement_id


async def look(database: Database, table: str, row_id: UUID | None = None) -> Any:
    """The current row, or all rows of a table."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        where = "" if row_id is None else " WHERE id = :id"
        found = await session.execute(text(f"SELECT * FROM {table}{where}"), {"id": row_id} if row_id else {})
        return found.all() if row_id is None else found.one()


async def notified(database: Database, one: Persona) -> list[str]:
    """The kinds of a person's notifications, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT kind FROM notification WHERE person_id = :id ORDER BY id"), {"id": one.person_id}
        )
        return [row.kind for row in found]


async def books_add_up(database: Database) -> None:
    """Assert that each offer's pool matches its agreements, and days used match the recorded visits."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        wrong = await session.execute(
            text(
                """
                SELECT o.id FROM offer o
                  LEFT JOIN support_agreement p ON p.authority_id = o.authority_id AND p.offer_id = o.id
                 GROUP BY o.authority_id, o.id
                HAVING o.days_taken <> coalesce(sum(CASE WHEN p.state IN ('closed', 'ended_early')
                                                         THEN p.days_used ELSE p.days END), 0)
                    OR o.engagements_taken <> count(*) FILTER (WHERE p.state IN ('preparing', 'active'))
                UNION ALL
                SELECT p.id FROM support_agreement p
                  LEFT JOIN visit v ON v.authority_id = p.authority_id AND v.agreement_id = p.id
                       AND v.state = 'recorded'
                 GROUP BY p.authority_id, p.id HAVING p.days_used <> coalesce(sum(v.days), 0)
                """
            )
        )
        assert wrong.all() == []
