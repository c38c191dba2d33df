"""Demonstration data: two authorities with invented schools and people and some weeks of activity.

Each feature's step is the module of its name; the steps run in the order of the features.
"""

from collections.abc import Callable
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration, Staff
from alongside.feature_list import FEATURES
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.people.models import Person
from alongside.platform.database.session import Database
from alongside.settings import Settings

AUTHORITIES = (359, 816)
ANYBODY = select(func.count()).select_from(Person).where(Person.authority_id == bindparam("authority_id"))


def steps(function: str) -> list[ModuleType]:
    """Return the modules of the features, lowest first, that have a function of this name."""
    names = (f"{__name__}.{feature.name}" for feature in FEATURES)
    modules = [import_module(name) for name in names if find_spec(name)]
    return [module for module in modules if hasattr(module, function)]


async def load(settings: Settings, say: Callable[[str], None]) -> None:
    """Fill each empty authority of the demonstration; one with data is left unchanged."""
    database = Database.of(settings)
    try:
        await refresh_settings(database)
        for authority_id in AUTHORITIES:
            staff = None
            async with database.transaction(authority_id) as session:
                if not await session.scalar(ANYBODY, {"authority_id": authority_id}):
                    say(f"filling {settings_of(authority_id).name} with invented schools, people and posts")
                    staff = await fill(session, authority_id, date.today())  # noqa: DTZ011  (some day near now)
            if staff is not None:
                for step in steps("after_commit"):
                    await step.after_commit(database, staff, say)
    finally:
        await database.close()


async def fill(session: AsyncSession, authority_id: int, today: date) -> Staff:
    """Fill one authority, from its register to support under way, in one transaction."""
    demo = Demonstration(session, Staff(authority_id, today, settings_of(authority_id).slug, {}))
    for step in steps("fill"):
        await step.fill(demo)
    return demo.staff
