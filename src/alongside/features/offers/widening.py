"""Recalculates the visibility date of needs and offers when a school's calendar changes."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import VisibilityScope, visible_to_authority_from
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

MOST = 2000
"""Maximum number of needs, and of offers, in one recalculation."""

POSTS: tuple[tuple[str, Any], ...] = (("need", Need), ("offer", Offer))
LIVE = ("open", "proposed", "paused", "live", "exhausted")


async def recalculate_widening(session: AsyncSession, person: Principal) -> int:
    """Update every future visibility date that the current calendars change. Returns the number updated.

    `person` is the system. No new date is before today, and posts that everybody sees stay visible.
    """
    return sum([await _recalculate(session, person, kind, post) for kind, post in POSTS])


async def _recalculate(session: AsyncSession, person: Principal, kind: str, post: Any) -> int:
    settings = settings_of(person.authority_id)
    urgency = [Need.urgency] if post is Need else []
    statement: Any = (
        select(post.id, post.school_urn, post.widening_since, post.visible_to_authority_from, *urgency)
        .where(
            post.authority_id == person.authority_id,
            post.state.in_(LIVE),
            post.audience == VisibilityScope.WIDENING,
            post.widening_since.is_not(None),
            post.visible_to_authority_from > person.today,
        )
        .order_by(post.id)
        .limit(MOST)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = (await session.execute(statement)).all()
    calendars = await calendars_of_schools(session, person.authority_id, {row.school_urn for row in rows})
    moved = 0
    for row in rows:
        shown = visible_to_authority_from(
            VisibilityScope.WIDENING,
            row.widening_since,
            settings,
            calendars[row.school_urn],
            getattr(row, "urgency", None),
        )
        assert shown is not None
        shown = max(shown, person.today)
        if shown == row.visible_to_authority_from:
            continue
        await session.execute(
            update(post)
            .where(post.authority_id == person.authority_id, post.id == row.id)
            .values(visible_to_authority_from=shown)
            .execution_options(synchronize_session=False)
        )
        changes = {
            "visible_to_authority_from": [row.visible_to_authority_from.isoformat(), shown.isoformat()]
        }
        await record_audit(
            session, person, "recalculate_deadline", kind, row.id, schools=[row.school_urn], changes=changes
        )
        moved += 1
    return moved
