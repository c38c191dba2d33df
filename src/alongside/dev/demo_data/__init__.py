"""Demonstration data: two authorities with invented schools and people and some weeks of activity."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.days import set_own_days
from alongside.dev.demo_data.escalations import raise_escalations
from alongside.dev.demo_data.locations import locations_of
from alongside.dev.demo_data.moderation import check_practice
from alongside.dev.demo_data.people import Staff, staff_schools
from alongside.dev.demo_data.plans import make_plans
from alongside.dev.demo_data.posts import post_needs, post_offers
from alongside.dev.demo_data.practice import bring_practice
from alongside.dev.demo_data.support import give_support
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.consortia.actions import join_consortium
from alongside.features.consortia.queries import consortia_of
from alongside.features.people.models import Person
from alongside.features.schools.actions import take_over_register
from alongside.features.schools.gias import read_register
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.settings import Settings

REGISTER = Path(__file__).with_name("register.csv")
SIZES = {359: (70, 80), 816: (24, 26)}
"""How many needs and offers each authority of the demonstration begins with."""

PRACTICE = {359: 205, 816: 60}
"""How many entries of good practice."""

PLANNED = 359
"""The authority that has match plans."""

ANYBODY = select(func.count()).select_from(Person).where(Person.authority_id == bindparam("authority_id"))
OPEN_SCHOOLS: Any = (
    select(School.urn, School.name, School.phase, School.kind, School.easting, School.northing)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.urn)
)


async def load(settings: Settings, say: Callable[[str], None]) -> None:
    """Fill each empty authority of the demonstration; one with data is left unchanged."""
    database = Database.of(settings)
    try:
        await refresh_settings(database)
        for authority_id in SIZES:
            staff = None
            async with database.transaction(authority_id) as session:
                if not await session.scalar(ANYBODY, {"authority_id": authority_id}):
                    say(f"filling {settings_of(authority_id).name} with invented schools, people and posts")
                    staff = await fill(session, authority_id, date.today())  # noqa: DTZ011  (some day near now)
            if staff is not None and authority_id == PLANNED:
                say(f"making plans for {settings_of(authority_id).name}")
                await make_plans(database, staff)
    finally:
        await database.close()


async def fill(session: AsyncSession, authority_id: int, today: date) -> Staff:
    """Fill one authority, from its register to support under way, in one transaction."""
    settings, product = settings_of(authority_id), system(authority_id, today)
    await take_over_register(session, product, read_register(REGISTER, authority_id))
    schools = list((await session.execute(OPEN_SCHOOLS, {"authority_id": authority_id})).all())
    consortia = await consortia_of(session, authority_id, today)
    staff = Staff(authority_id, today, settings.slug, {one.id: set() for one in consortia})
    for urn, consortium in locations_of(settings, consortia, schools):
        await join_consortium(session, product, urn, consortium.id, today - timedelta(days=400))
        staff.members[consortium.id].add(urn)
    await staff_schools(session, staff, schools)
    await set_own_days(session, staff, schools)
    needs, offers = SIZES[authority_id]
    made = (
        await post_needs(session, staff, schools, needs),
        await post_offers(session, staff, schools, offers),
    )
    await give_support(session, staff, *made)
    await raise_escalations(session, staff)
    await bring_practice(session, product, today, PRACTICE[authority_id])
    await check_practice(session, staff)
    return staff
