"""Queries for plans: runs of a scope, one run, the current plan, and its assignments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.agreements.proposal import Proposal
from alongside.features.consortia.models import Consortium
from alongside.features.consortia.queries import consortium_names
from alongside.features.matching.models import AT_WORK, CURRENT, PlanAssignment, PlanRun, PlanSnapshot
from alongside.features.matching.plans.rows import AssignmentRow, NeedName, OfferName, PlanRow, Snapshot
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import consortium_filter, may_for_consortium
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one, select_all, select_one

AUTHORITY: BindParameter[int] = bindparam("authority_id")
ON_A_PAGE = 25
Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
_RUN, _ASSIGNMENT = PlanRun.__table__.c, PlanAssignment.__table__.c

RUN = (
    select(
        *(_RUN[name] for name in PlanRow.__struct_fields__ if name in _RUN),
        Consortium.name.label("consortium"),
        Person.name.label("requested_by"),
    )
    .outerjoin(Consortium, (Consortium.authority_id == AUTHORITY) & (Consortium.id == PlanRun.consortium_id))
    .outerjoin(Person, (Person.authority_id == AUTHORITY) & (Person.id == PlanRun.asked_by))
    .where(PlanRun.authority_id == AUTHORITY)
)

ASSIGNMENT = (
    select(
        *(_ASSIGNMENT[name] for name in AssignmentRow.__struct_fields__ if name in _ASSIGNMENT),
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
        Need.title.label("need_title"),
        Need.theme.label("theme"),
        Need.starts_on.label("need_starts_on"),
        Need.ends_on.label("need_ends_on"),
        Need.terms.label("need_terms"),
        Need.state.label("need_state"),
        Need.visible_to_authority_from.label("need_visible_from"),
        Offer.title.label("offer_title"),
        Offer.leader_name.label("leader_name"),
        Proposal.state.label("proposal_state"),
        Proposal.decline_reason.label("decline_reason"),
        Proposal.declined_by.label("declined_by"),
        Proposal.requesting_accepted_at.label("requesting_accepted_at"),
        Proposal.supporting_accepted_at.label("supporting_accepted_at"),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == PlanAssignment.requesting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == PlanAssignment.need_id))
    .outerjoin(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == PlanAssignment.supporting_urn))
    .outerjoin(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == PlanAssignment.offer_id))
    .outerjoin(Proposal, (Proposal.authority_id == AUTHORITY) & (Proposal.id == PlanAssignment.proposal_id))
    .where(PlanAssignment.authority_id == AUTHORITY)
)
ASSIGNMENTS = Read(
    ASSIGNMENT.where(PlanAssignment.run_id == bindparam("run_id")).order_by(
        PlanAssignment.tier, Asking.name, Need.title, PlanAssignment.id
    ),
    AssignmentRow,
)
ONE_ASSIGNMENT = Read(
    ASSIGNMENT.where(
        PlanAssignment.run_id == bindparam("run_id"), PlanAssignment.need_id == bindparam("need_id")
    ),
    AssignmentRow,
)
SNAPSHOT = Read(
    select(PlanSnapshot.inputs, PlanSnapshot.outcome).where(
        PlanSnapshot.authority_id == AUTHORITY, PlanSnapshot.run_id == bindparam("run_id")
    ),
    Snapshot,
)
IDS = bindparam("ids", type_=ARRAY(Uuid))
NAMES_OF_OFFERS = Read(
    select(
        Offer.id, Offer.title, Offer.school_urn, School.name.label("school"), Offer.visible_to_authority_from
    )
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Offer.school_urn))
    .where(Offer.authority_id == AUTHORITY, Offer.id == any_(IDS)),
    OfferName,
)
NAMES_OF_NEEDS = Read(
    select(Need.id, Need.title, Need.school_urn, School.name.label("school"))
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Need.school_urn))
    .where(Need.authority_id == AUTHORITY, Need.id == any_(IDS)),
    NeedName,
)


async def get_run(session: AsyncSession, person: Principal, permission: Permission, run_id: UUID) -> PlanRow:
    """A run on which this person has this permission. Raises NotFound."""
    statement = RUN.where(PlanRun.id == run_id, consortium_filter(person, permission, PlanRun.consortium_id))
    found = await select_one(session, statement, PlanRow, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found


async def run_of_assignment(session: AsyncSession, authority_id: int, run_id: UUID) -> PlanRow:
    """A run by id. The caller has already checked that this person may read an assignment of it."""
    found = await select_one(
        session, RUN.where(PlanRun.id == run_id), PlanRow, {"authority_id": authority_id}
    )
    if found is None:
        raise NotFound
    return found


async def runs_of(
    session: AsyncSession, person: Principal, page: int, consortium_id: UUID | None = None
) -> tuple[list[PlanRow], bool]:
    """One page of the runs that this person may see, latest first, and whether more follow."""
    statement = RUN.where(consortium_filter(person, Permission.VIEW_PLAN, PlanRun.consortium_id))
    if consortium_id is not None:
        statement = statement.where(PlanRun.consortium_id == consortium_id)
    statement = (
        statement.order_by(PlanRun.id.desc())
        .limit(literal_column(str(ON_A_PAGE + 1)))
        .offset(bindparam("skip"))
    )
    values = {"authority_id": person.authority_id, "skip": (page - 1) * ON_A_PAGE}
    found = await select_all(session, statement, PlanRow, values)
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


async def scopes_of(session: AsyncSession, person: Principal) -> list[tuple[UUID | None, str]]:
    """The scopes for which this person may make plans: consortia by name, then the whole authority."""
    scopes: list[tuple[UUID | None, str]] = [
        (one.id, one.name)
        for one in await consortium_names(session, person.authority_id)
        if may_for_consortium(person, Permission.MAKE_PLAN, one.id)
    ]
    if may_for_consortium(person, Permission.MAKE_PLAN, None):
        scopes.append((None, "The whole authority"))
    return scopes


async def current_run(session: AsyncSession, authority_id: int, consortium_id: UUID | None) -> PlanRow | None:
    """The current plan of a scope."""
    return await _latest(session, authority_id, consortium_id, CURRENT)


async def current_runs(
    session: AsyncSession, person: Principal, consortium_ids: Sequence[UUID | None]
) -> list[PlanRow]:
    """The current plans of these scopes, in their order."""
    within = or_(PlanRun.consortium_id.in_(consortium_ids), PlanRun.consortium_id.is_(None))
    statement = RUN.where(within, PlanRun.state.in_(CURRENT)).order_by(PlanRun.id)
    found = await select_all(session, statement, PlanRow, {"authority_id": person.authority_id})
    latest = {run.consortium_id: run for run in found}
    return [latest[one] for one in consortium_ids if one in latest]


async def run_at_work(session: AsyncSession, authority_id: int, consortium_id: UUID | None) -> PlanRow | None:
    """The run of a scope that is queued or running."""
    return await _latest(session, authority_id, consortium_id, AT_WORK)


async def offered_run(session: AsyncSession, authority_id: int, consortium_id: UUID | None) -> PlanRow | None:
    """The better plan of a scope that waits for a decision."""
    return await _latest(session, authority_id, consortium_id, ("offered",))


async def _latest(
    session: AsyncSession, authority_id: int, consortium_id: UUID | None, states: Sequence[str]
) -> PlanRow | None:
    same = PlanRun.consortium_id.is_not_distinct_from(consortium_id)
    statement = (
        RUN.where(same, PlanRun.state.in_(states)).order_by(PlanRun.id.desc()).limit(literal_column("1"))
    )
    return await select_one(session, statement, PlanRow, {"authority_id": authority_id})


async def assignments_of(session: AsyncSession, authority_id: int, run_id: UUID) -> list[AssignmentRow]:
    """All assignments of a plan with the names of both schools, by tier and school."""
    values = {"authority_id": authority_id, "run_id": run_id}
    return await fetch_all(session, ASSIGNMENTS, values)


async def assignment_of(
    session: AsyncSession, authority_id: int, run_id: UUID, need_id: UUID
) -> AssignmentRow:
    """The assignment of one need in a plan. Raises NotFound."""
    values = {"authority_id": authority_id, "run_id": run_id, "need_id": need_id}
    found = await fetch_one(session, ONE_ASSIGNMENT, values)
    if found is None:
        raise NotFound
    return found


async def record_of(session: AsyncSession, authority_id: int, run_id: UUID) -> Snapshot:
    """The stored input and output of a run. Raises NotFound if the run has not ended."""
    found = await fetch_one(session, SNAPSHOT, {"authority_id": authority_id, "run_id": run_id})
    if found is None:
        raise NotFound
    return found


async def names_of_offers(
    session: AsyncSession, authority_id: int, ids: Sequence[UUID]
) -> dict[UUID, OfferName]:
    """Title and school of offers, by id."""
    values = {"authority_id": authority_id, "ids": list(ids)}
    return {row.id: row for row in await fetch_all(session, NAMES_OF_OFFERS, values)} if ids else {}


async def names_of_needs(
    session: AsyncSession, authority_id: int, ids: Sequence[UUID]
) -> dict[UUID, NeedName]:
    """Title and school of needs, by id."""
    values = {"authority_id": authority_id, "ids": list(ids)}
    return {row.id: row for row in await fetch_all(session, NAMES_OF_NEEDS, values)} if ids else {}


async def count_runs(session: AsyncSession, authority_id: int, consortium_id: UUID | None) -> int:
    """How many runs a scope has had."""
    same = PlanRun.consortium_id.is_not_distinct_from(consortium_id)
    counted: int = (
        await session.scalar(
            select(func.count()).select_from(PlanRun).where(PlanRun.authority_id == authority_id, same)
        )
        or 0
    )
    return counted
