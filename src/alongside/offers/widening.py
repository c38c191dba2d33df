"""The day on which a need or an offer widens, recalculated when the calendar of its school changes."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.journal.actions import write_journal
from alongside.needs.audience import Audience, shown_to_all_from
from alongside.needs.model import Need
from alongside.offers.model import Offer
from alongside.schools.dates.queries import calendars_of_schools

MOST = 2000
"""Posts of one kind that one recalculation looks at."""

POSTS: tuple[tuple[str, Any], ...] = (("need", Need), ("offer", Offer))
LIVE = ("open", "proposed", "paused", "live", "exhausted")


async def recalculate_widening(session: AsyncSession, person: Person) -> int:
    """Move every coming day of widening that the calendars of today put on another day; returns how many moved.

    `person` is the product itself. No post widens earlier than today, and one that everybody sees stays visible.
    """
    return sum([await _recalculate(session, person, kind, post) for kind, post in POSTS])


async def _recalculate(session: AsyncSession, person: Person, kind: str, post: Any) -> int:
    settings = settings_of(person.authority_id)
    urgency = [Need.urgency] if post is Need else []
    statement: Any = (
        select(post.id, post.school_urn, post.widening_since, post.shown_to_all_from, *urgency)
        .where(
            post.authority_id == person.authority_id,
            post.state.in_(LIVE),
            post.audience == Audience.WIDENING,
            post.widening_since.is_not(None),
            post.shown_to_all_from > person.today,
        )
        .order_by(post.id)
        .limit(MOST)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = (await session.execute(statement)).all()
    calendars = await calendars_of_schools(session, person.authority_id, {row.school_urn for row in rows})
    moved = 0
    for row in rows:
        shown = shown_to_all_from(
            Audience.WIDENING,
            row.widening_since,
            settings,
            calendars[row.school_urn],
            getattr(row, "urgency", None),
        )
        assert shown is not None
        shown = max(shown, person.today)
        if shown == row.shown_to_all_from:
            continue
        await session.execute(
            update(post)
            .where(post.authority_id == person.authority_id, post.id == row.id)
            .values(shown_to_all_from=shown)
            .execution_options(synchronize_session=False)
        )
        changes = {"shown_to_all_from": [row.shown_to_all_from.isoformat(), shown.isoformat()]}
        await write_journal(
            session, person, "recalculate_deadline", kind, row.id, schools=[row.school_urn], changes=changes
        )
        moved += 1
    return moved
