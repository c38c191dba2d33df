"""Needs and offers of the demonstration, posted over the last weeks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.people import Staff
from alongside.dev.demo_data.texts import NEEDS, OFFERS
from alongside.features.needs.actions import draft_need, post_need, send_need_to_head
from alongside.features.offers.actions import draft_offer, post_offer
from alongside.features.schools.phases import phase_of
from alongside.platform.access.principal import Principal

SINCE = {
    table: text(
        f"UPDATE {table} SET posted_at = :at, confirmed_on = :day,"
        " visible_to_authority_from = visible_to_authority_from - (CURRENT_DATE - :day),"
        " widening_since = widening_since - (CURRENT_DATE - :day)"
        " WHERE authority_id = :authority_id AND id = :id"
    )
    for table in ("need", "offer")
}
SECONDARY_ONLY = frozenset({"post_16"})
PRIMARY_ONLY = frozenset({"early_reading", "early_years"})


def suits(theme: str, title: str, school: Any) -> bool:
    """Whether a post makes sense for a school of this phase."""
    if theme in SECONDARY_ONLY or "Key Stage 3" in title or "Year 7" in title:
        return bool(school.phase in ("secondary", "all_through"))
    if theme in PRIMARY_ONLY or any(
        f"Year{s} {number}" in title for s in ("", "s") for number in range(1, 7)
    ):
        return bool(school.phase in ("primary", "nursery", "all_through"))
    return True


def choose(random: Random, schools: list[Any], number: int) -> Any:
    """Choose the school of a post; every fourth is one of the first few, which visitors try first."""
    first = sorted(schools, key=lambda one: str(one.name))[:3]
    return first[number // 4 % 3] if number % 4 == 0 else random.choice(schools)


async def backdate(session: AsyncSession, authority_id: int, table: str, row_id: UUID, days: int) -> None:
    """Backdate a post by some days, so that the demonstration has a history."""
    at = datetime.now(UTC) - timedelta(days=days, minutes=days * 7 % 60)
    values = {"authority_id": authority_id, "id": row_id, "at": at, "day": at.date()}
    await session.execute(SINCE[table], values)


async def post_needs(
    session: AsyncSession, staff: Staff, schools: list[Any], count: int
) -> list[tuple[UUID, Any, str]]:
    """Post needs for suitable schools; returns (id, school, theme) of each."""
    random = Random(staff.authority_id)
    made = []
    for number in range(count):
        theme, title, wanted, good = NEEDS[number % len(NEEDS)]
        school = choose(random, [one for one in schools if suits(theme, title, one)], number)
        head = staff.heads[school.urn]
        need_id = await draft_need(
            session, head, school.urn, _need(school, theme, title, wanted, good, random)
        )
        await post_need(session, head, need_id)
        await backdate(session, staff.authority_id, "need", need_id, random.randrange(0, 40))
        made.append((need_id, school, theme))
    for consortium_id, lead in sorted(staff.leads.items(), key=lambda one: str(one[0])):
        theme, title, wanted, good = random.choice(NEEDS)
        urn = sorted(staff.members[consortium_id])[-1]
        school = next(one for one in schools if one.urn == urn)
        if suits(theme, title, school):
            draft = await draft_need(session, lead, urn, _need(school, theme, title, wanted, good, random))
            await send_need_to_head(session, lead, draft)
    return made


def _need(school: Any, theme: str, title: str, wanted: str, good: str, random: Random) -> dict[str, Any]:
    return {
        "title": title,
        "theme": theme,
        "phase": phase_of(school),
        "wanted": wanted,
        "success_criteria": good,
        "form_of_support": random.choice(["visit_in", "visit_out", "coaching", "review", "joint_planning"]),
        "days": random.choice([None, Decimal(1), Decimal(2), Decimal("2.5"), Decimal(3), Decimal(5)]),
        "urgency": random.choice(["now", "this_term", "this_term", "planned"]),
        "audience": random.choice(["widening", "widening", "everybody", "consortium"]),
    }


async def post_offers(
    session: AsyncSession, staff: Staff, schools: list[Any], count: int
) -> list[tuple[UUID, Any, str]]:
    """Post offers for suitable schools; returns (id, school, theme) of each."""
    random = Random(staff.authority_id + 1)
    made = []
    for number in range(count):
        theme, title, said, evidence = OFFERS[number % len(OFFERS)]
        school = choose(random, [one for one in schools if suits(theme, title, one)], number)
        head = staff.heads[school.urn]
        offer_id = await draft_offer(session, head, _offer(head, title, said, random), {theme: evidence})
        await post_offer(session, head, offer_id)
        await backdate(session, staff.authority_id, "offer", offer_id, random.randrange(0, 25))
        made.append((offer_id, school, theme))
    return made


def _offer(head: Principal, title: str, said: str, random: Random) -> dict[str, Any]:
    leads_itself = random.random() < 0.7
    return {
        "title": title,
        "description": said,
        "phases": [],
        "leader_name": head.name if leads_itself else "Our lead teacher",
        "leader_is_head": leads_itself,
        "designation": random.choice([None, None, "lle", "sle"]) if leads_itself else "sle",
        "designation_until": head.today + timedelta(days=500),
        "days_total": Decimal(random.choice([4, 6, 8, 10, 12])),
        "engagements_max": random.choice([2, 3, 4]),
        "travel_miles": random.choice([None, 5, 10, 15]),
        "forms_of_support": ["visit_in", "coaching"],
        "appetite": random.choice(["yes", "yes", "yes", "maybe"]),
        "audience": random.choice(["everybody", "everybody", "widening"]),
    }
