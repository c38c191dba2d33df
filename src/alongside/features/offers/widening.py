"""Recalculates the visibility date of needs and offers when a school's calendar changes."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import VisibilityScope, visible_to_authority_from
from alongside.features.needs.models import Need
from alongside.features.needs.requester import identify_requester
from alongside.features.offers.models import Offer
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import select_all

MOST = 2000
"""Maximum number of needs, and of offers, in one recalculation."""

POSTS: tuple[tuple[str, type[Need] | type[Offer]], ...] = (("need", Need), ("offer", Offer))
LIVE = ("open", "proposed", "paused", "live", "exhausted")


class WideningPost(msgspec.Struct, frozen=True):
    """A need or an offer that schools beyond its consortium see from a day on; only a need has an urgency."""

    id: UUID
    school_urn: int
    widening_since: date
    visible_to_authority_from: date
    urgency: str | None


async def recalculate_widening(session: AsyncSession, person: Principal) -> int:
    """Update every future visibility date that the current calendars change. Returns the number updated.

    `person` is the system. No new date is before today, and posts that everybody sees stay visible.
    """
    return sum([await _recalculate(session, person, kind, post) for kind, post in POSTS])


async def _recalculate(
    session: AsyncSession, person: Principal, kind: str, post: type[Need] | type[Offer]
) -> int:
    settings = settings_of(person.authority_id)
    urgency = Need.urgency if post is Need else null()
    statement = (
        select(post.id, post.school_urn, post.widening_since, post.visible_to_authority_from, urgency)
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
    rows = await select_all(session, statement, WideningPost, {})
    if rows:
        await identify_requester(session, person)
    calendars = await calendars_of_schools(session, person.authority_id, {row.school_urn for row in rows})
    moved = 0
    for row in rows:
        calendar = calendars[row.school_urn]
        shown = visible_to_authority_from(
            VisibilityScope.WIDENING, row.widening_since, settings, calendar, row.urgency
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
