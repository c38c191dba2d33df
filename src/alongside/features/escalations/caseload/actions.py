"""Arrange and end leave cover."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound, ValidationFailed
from alongside.features.escalations.caseload.models import LeaveCover
from alongside.features.escalations.participants import officers
from alongside.features.escalations.telling import NEWS, act_by
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.notifications.actions import NOTHING_TO_DO, Message, notify_each
from alongside.platform.web.formatting import format_date, format_date_range

COVERED_ALREADY = ("starts_on", "This person already has cover on these days. Enter other days.")


async def arrange_cover(
    session: AsyncSession, person: Principal, away_id: UUID, cover_id: UUID, starts_on: date, ends_on: date
) -> None:
    """Let one officer cover another's escalations between two dates; notify both.

    Raises ValidationFailed if the officer is covered on these days already, or if the two are not different
    officers.
    """
    names = {one.id: one.name for one in await officers(session, person)}
    if away_id not in names or cover_id not in names or away_id == cover_id:
        raise ValidationFailed({"cover_id": ["Select two different members of the core team."]})
    made = LeaveCover(
        authority_id=person.authority_id,
        away_id=away_id,
        cover_id=cover_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    with explain_constraints({"ex_escalation_cover_one_at_a_time": COVERED_ALREADY}):
        async with session.begin_nested():
            session.add(made)
    await record_audit(session, person, "arrange_cover", "leave_cover", made.id)
    when = format_date_range(starts_on, ends_on)
    away = f"{names[cover_id]} covers your escalations from {when}. {NOTHING_TO_DO}"
    covers = f"You cover the escalations of {names[away_id]}. Act on what is due from {when}."
    to_send = [
        Message(away_id, away, NEWS, away),
        Message(cover_id, covers, act_by(format_date(ends_on)), covers),
    ]
    await notify_each(session, person, to_send, "escalation_cover", "/escalations", once=f"cover:{made.id}")


async def end_cover(session: AsyncSession, person: Principal, cover_id: UUID) -> None:
    """End a cover: it ends yesterday, or is deleted if it would have started today or later. Raises NotFound."""
    of_it = (LeaveCover.authority_id == person.authority_id, LeaveCover.id == cover_id)
    gone = await session.execute(
        delete(LeaveCover).where(*of_it, LeaveCover.starts_on >= person.today).returning(LeaveCover.id)
    )
    if gone.first() is None:
        ended = await session.execute(
            update(LeaveCover)
            .where(*of_it, LeaveCover.ends_on >= person.today)
            .values(ends_on=date.fromordinal(person.today.toordinal() - 1))
            .returning(LeaveCover.id)
        )
        if ended.first() is None:
            raise NotFound
    await record_audit(session, person, "end_cover", "leave_cover", cover_id)
