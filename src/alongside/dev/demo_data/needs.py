"""Needs of the demonstration, posted over the last weeks."""

from decimal import Decimal
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration, DemonstrationSchool, Post, Staff
from alongside.dev.demo_data.posts import backdate, choose, suits
from alongside.dev.demo_data.texts import NEEDS
from alongside.features.needs.actions import draft_need, post_need, send_need_to_head
from alongside.features.schools.posting import phase_of

HOW_MANY = {359: 70, 816: 24}


async def post_needs(
    session: AsyncSession, staff: Staff, schools: list[DemonstrationSchool], count: int
) -> list[Post]:
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


def _need(
    school: DemonstrationSchool, theme: str, title: str, wanted: str, good: str, random: Random
) -> dict[str, object]:
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


async def fill(demo: Demonstration) -> None:
    """Post the needs of the authority's schools."""
    demo.needs = await post_needs(demo.session, demo.staff, demo.schools, HOW_MANY[demo.staff.authority_id])
