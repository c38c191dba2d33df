"""What needs and offers of the demonstration share: suitable schools, and a history of some weeks."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import DemonstrationSchool

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


class HasPhase(Protocol):
    """A school with its phase."""

    @property
    def phase(self) -> str:
        """The key of its phase."""


def suits(theme: str, title: str, school: HasPhase) -> bool:
    """Whether a post makes sense for a school of this phase."""
    if theme in SECONDARY_ONLY or "Key Stage 3" in title or "Year 7" in title:
        return school.phase in ("secondary", "all_through")
    if theme in PRIMARY_ONLY or any(
        f"Year{s} {number}" in title for s in ("", "s") for number in range(1, 7)
    ):
        return school.phase in ("primary", "nursery", "all_through")
    return True


def choose(random: Random, schools: list[DemonstrationSchool], number: int) -> DemonstrationSchool:
    """Choose the school of a post; every fourth is one of the first few, which visitors try first."""
    first = sorted(schools, key=lambda one: str(one.name))[:3]
    return first[number // 4 % 3] if number % 4 == 0 else random.choice(schools)


async def backdate(session: AsyncSession, authority_id: int, table: str, row_id: UUID, days: int) -> None:
    """Backdate a post by some days, so that the demonstration has a history."""
    at = datetime.now(UTC) - timedelta(days=days, minutes=days * 7 % 60)
    values = {"authority_id": authority_id, "id": row_id, "at": at, "day": at.date()}
    await session.execute(SINCE[table], values)
