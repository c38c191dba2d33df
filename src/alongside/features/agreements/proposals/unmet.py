"""Closes needs for which no offer was found as unmet, and notifies school and leads.

Source: domain.md §5.2, “open, no supply after final stage: unmet (goes to the consortium)”.
"""

from uuid import UUID

import msgspec
from sqlalchemy import Date, bindparam, cast, exists, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import NotificationText, notify_schools
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.queries import AUTHORITY
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.needs.models import GIVE_UP_NEED, Need
from alongside.features.people.queries import ids, leaders_of_schools
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, columns_of, fetch_all
from alongside.platform.notifications.actions import notify
from alongside.platform.school_calendar.confirmation import lapsed_if_confirmed_by
from alongside.platform.workflow import apply_transition

FINAL_STEP_SINCE = func.greatest(
    func.coalesce(Need.visible_to_authority_from, cast(Need.posted_at, Date)), Need.confirmed_on
)
"""The latest of: visible to its whole audience, last confirmed, opened again."""

LATELY_PROPOSED = exists().where(
    Proposal.authority_id == AUTHORITY,
    Proposal.need_id == Need.id,
    func.greatest(cast(Proposal.proposed_at, Date), Proposal.respond_by) > bindparam("day", type_=Date),
)


class UnmatchedNeed(msgspec.Struct, frozen=True):
    """A need for which no school was found."""

    id: UUID
    school_urn: int
    school: str
    state: str
    title: str
    content_version: int


NOBODY_FOUND = Read(
    select(*columns_of(UnmatchedNeed, Need, school=School.name))
    .select_from(Need)
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Need.school_urn))
    .where(
        Need.authority_id == AUTHORITY,
        Need.state == "open",
        or_(Need.ends_on < bindparam("today", type_=Date), bindparam("day", type_=Date) >= FINAL_STEP_SINCE),
        ~LATELY_PROPOSED,
    )
    .order_by(Need.id)
    .limit(literal_column("200"))
    .with_for_update(of=Need, skip_locked=True),
    UnmatchedNeed,
)


async def close_unmet_needs(session: AsyncSession, product: Principal) -> int:
    """Close open needs without a match after `periods.unmet_after` school days, or whose dates have passed.

    The days count from the date when the whole audience saw the need, its last confirmation or last proposal. They are
    school days of the authority, because any of its schools may offer.
    At most 200 in a transaction: call it until it returns 0.
    """
    settings = settings_of(product.authority_id)
    calendar = calendar_of(product.authority_id)
    values = {
        "authority_id": product.authority_id,
        "today": product.today,
        "day": lapsed_if_confirmed_by(calendar, product.today, settings.periods.unmet_after),
    }
    found = await fetch_all(session, NOBODY_FOUND, values)
    for need in found:
        await apply_transition(session, product, Need, need, GIVE_UP_NEED)
        text = f"No school was found for the need “{need.title}” of {need.school}, so it is closed as unmet."
        once = f"need_unmet:{need.id}:{need.content_version}"
        word = NotificationText("need_unmet", f"{text} You can reopen it.", f"/needs/{need.id}", once)
        await notify_schools(session, product, [need.school_urn], word)
        leaders = await leaders_of_schools(session, product.authority_id, product.today, [need.school_urn])
        hint = (
            f"{text} If the school needs more help than other schools can give, you can raise an escalation."
        )
        await notify(
            session, product, ids(leaders), "need_unmet", hint, "/escalations/new", once=f"{once}:lead"
        )
    return len(found)
