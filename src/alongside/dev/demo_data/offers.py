"""Offers of the demonstration, posted over the last weeks."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration, DemonstrationSchool, Post, Staff
from alongside.dev.demo_data.posts import backdate, choose, suits
from alongside.dev.demo_data.texts import OFFERS
from alongside.features.offers.actions import draft_offer, post_offer
from alongside.platform.access.principal import Principal

HOW_MANY = {359: 80, 816: 26}


async def post_offers(
    session: AsyncSession, staff: Staff, schools: list[DemonstrationSchool], count: int
) -> list[Post]:
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


def _offer(head: Principal, title: str, said: str, random: Random) -> dict[str, object]:
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


async def fill(demo: Demonstration) -> None:
    """Post the offers of the authority's schools."""
    demo.offers = await post_offers(demo.session, demo.staff, demo.schools, HOW_MANY[demo.staff.authority_id])
