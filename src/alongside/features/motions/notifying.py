"""Notifies the holders of seats when a motion opens, and when the authority overrules a decision."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.boards.members import members_on
from alongside.features.motions.electorate import Elector
from alongside.features.motions.rows import MotionRow
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_weekday


def path_of(motion_id: UUID) -> str:
    """Return the address of a motion."""
    return f"/motions/{motion_id}"


async def notify_of_opening(
    session: AsyncSession, person: Principal, row: MotionRow, electors: Sequence[Elector]
) -> None:
    """Notify every seat, except holders who withdrew for an interest: those must vote who can between meetings."""
    voters = [one.person_id for one in electors if one.person_id is not None and one.may_vote]
    others = [one.person_id for one in electors if one.person_id is not None and one.may_speak]
    about = f"Motion {row.reference} of {row.body_name} is open"
    once, path = f"motion_opened:{row.id}", path_of(row.id)
    if row.last_day is not None:
        text = f"{about}. Please vote as a board member by {format_weekday(row.last_day)}."
        await notify(session, person, voters, "motion_opened", text, path, once=once, asks=True)
    await notify(session, person, others, "motion_opened", f"{about}.", path, once=once)


async def notify_of_overruling(session: AsyncSession, person: Principal, row: MotionRow) -> None:
    """Notify every seat that the authority overruled a decision, also those who withdrew."""
    seats = await members_on(session, row.body_id, person.today)
    members = [one.person_id for one in seats if one.person_id is not None]
    text = f"The authority overruled decision {row.reference} of {row.body_name}."
    once = f"motion_overruled:{row.id}"
    await notify(session, person, members, "motion_overruled", text, path_of(row.id), once=once)
