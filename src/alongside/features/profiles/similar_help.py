"""Which similar schools can help with a measure: those that do better, have a verified entry, or have days free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from sqlalchemy import ARRAY, Integer, Text, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.models import DirectoryEntry
from alongside.features.offers.confirmation import fresh_since_by_school, is_proposable
from alongside.features.offers.models import Offer
from alongside.features.profiles.results import SimilarResult
from alongside.platform.access.authorisation import filter_by_scope, has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all

URNS = bindparam("urns", type_=ARRAY(Integer))
ENTRIES = (
    select(DirectoryEntry.school_urn, func.count())
    .where(
        DirectoryEntry.authority_id == bindparam("authority_id"),
        DirectoryEntry.school_urn == any_(URNS),
        DirectoryEntry.state.in_(("verified", "reverified")),
        DirectoryEntry.themes.op("@>", is_comparison=True)(bindparam("themes", type_=ARRAY(Text))),
    )
    .group_by(DirectoryEntry.school_urn)
)
DAYS = (
    select(Offer.school_urn, func.sum(Offer.days_total - Offer.days_taken))
    .where(Offer.authority_id == bindparam("authority_id"), Offer.school_urn == any_(URNS))
    .group_by(Offer.school_urn)
)


class EntryCount(msgspec.Struct, frozen=True):
    """How many verified entries of a school a person can read."""

    urn: int
    entries: int


class DaysFree(msgspec.Struct, frozen=True):
    """The days of a school's current offers that nobody has."""

    urn: int
    days: Decimal


@dataclass(frozen=True, slots=True)
class SchoolThatHelps:
    """A similar school: whether it does better on the measure, its verified entries, and its days free."""

    urn: int
    distance: str
    better: bool
    entries: int
    days: Decimal

    @property
    def can_help(self) -> bool:
        """Whether there is any reason to ask it."""
        return self.better or self.entries > 0 or self.days > 0


async def days_free(session: AsyncSession, person: Principal, urns: Sequence[int]) -> Mapping[int, Decimal]:
    """Return the days of current offers that this person can see, by the URN of the school."""
    if not has_permission(person, Permission.VIEW_POST):
        return {}
    fresh = await fresh_since_by_school(session, person.authority_id, person.today)
    statement = filter_by_scope(
        DAYS,
        person,
        Permission.VIEW_POST,
        Offer.school_urn,
        visible_to_authority_from=Offer.visible_to_authority_from,
    ).where(is_proposable(person.today, fresh))
    values = {"authority_id": person.authority_id, "urns": list(urns)}
    return {one.urn: one.days for one in await select_all(session, statement, DaysFree, values)}


async def verified_entries(
    session: AsyncSession, person: Principal, urns: Sequence[int], theme: str
) -> Mapping[int, int]:
    """Return how many verified entries on a theme this person can read, by URN; an empty theme is any."""
    if not has_permission(person, Permission.VIEW_ENTRY):
        return {}
    statement = filter_by_scope(
        ENTRIES,
        person,
        Permission.VIEW_ENTRY,
        DirectoryEntry.school_urn,
        DirectoryEntry.partner_urn,
        visible_to_authority_from=DirectoryEntry.visible_to_authority_from,
    )
    values = {"authority_id": person.authority_id, "urns": list(urns), "themes": [theme] if theme else []}
    return {one.urn: one.entries for one in await select_all(session, statement, EntryCount, values)}


async def schools_that_help(
    session: AsyncSession, person: Principal, similar: Sequence[SimilarResult], measure: str, theme: str
) -> list[SchoolThatHelps]:
    """Return the similar schools, nearest first: those that can help before the others."""
    urns = [one.urn for one in similar]
    entries = await verified_entries(session, person, urns, theme)
    days = await days_free(session, person, urns)
    found = [
        SchoolThatHelps(
            one.urn,
            f"{one.distance:.2f}",
            measure in one.better,
            entries.get(one.urn, 0),
            days.get(one.urn, Decimal(0)),
        )
        for one in similar
    ]
    return sorted(found, key=lambda one: not one.can_help)
