"""The open needs of a case's school, and what came of asking matching for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.escalations.procuring.model import AskedMatching
from alongside.escalations.queries import AUTHORITY, of_case
from alongside.matching.model import AT_WORK, PlanPlace, PlanRun
from alongside.needs.model import Need
from alongside.schools.model import School

LOOKING = ("open", "proposed")
OPEN_NEEDS: Any = (
    select(Need.id, Need.title)
    .where(
        Need.authority_id == AUTHORITY,
        Need.school_urn == bindparam("urn"),
        Need.state.in_(LOOKING),
    )
    .order_by(Need.posted_at, Need.id)
    .limit(literal_column("100"))
)
ASKED: Any = (
    select(
        AskedMatching.id,
        AskedMatching.asked_at,
        AskedMatching.need_id,
        AskedMatching.run_id,
        Need.title.label("need"),
        PlanRun.state.label("run_state"),
        PlanRun.status.label("run_status"),
        PlanPlace.id.label("place_id"),
        School.name.label("partner"),
    )
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == AskedMatching.need_id))
    .join(PlanRun, (PlanRun.authority_id == AUTHORITY) & (PlanRun.id == AskedMatching.run_id))
    .outerjoin(
        PlanPlace,
        (PlanPlace.authority_id == AUTHORITY)
        & (PlanPlace.run_id == AskedMatching.run_id)
        & (PlanPlace.need_id == AskedMatching.need_id),
    )
    .outerjoin(School, (School.authority_id == AUTHORITY) & (School.urn == PlanPlace.giving_urn))
    .where(AskedMatching.authority_id == AUTHORITY, AskedMatching.case_id == bindparam("case_id"))
    .order_by(AskedMatching.id.desc())
    .limit(literal_column("50"))
)


async def open_needs_of(session: AsyncSession, person: Person, urn: int) -> Sequence[Row[Any]]:
    """The needs of a school for which somebody is looked for, the oldest first: id and title."""
    values = {"authority_id": person.authority_id, "urn": urn}
    found: Sequence[Row[Any]] = (await session.execute(OPEN_NEEDS, values)).all()
    return found


async def asked_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """How often matching was asked in a case, and what its plans say now, the latest first."""
    return await of_case(session, person, ASKED, case_id)


def came_of_it(asked: Any, *, named: bool) -> str:
    """What came of asking matching, in words; the school that was found only where it may be `named`."""
    if asked.run_state in AT_WORK:
        return "A plan is being worked out"
    if asked.run_status is None:
        return "No plan came of it"
    if asked.place_id is None:
        return "The plan was begun before this need was there"
    if asked.partner is None:
        return "The plan finds nobody"
    return f"The plan finds {asked.partner}" if named else "The plan finds a school"
