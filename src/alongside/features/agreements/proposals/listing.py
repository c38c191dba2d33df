"""The list of proposals: its parts, its pages and its numbers."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import is_head
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.queries import PROPOSAL, ProposalRow, is_live
from alongside.features.agreements.queries import AUTHORITY, ON_A_PAGE, PAGE
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.reads import select_all


def waits_for(person: Principal) -> ColumnElement[bool]:
    """SQL condition: this person must answer the proposal."""
    if person.school_urn is None:
        return false()
    asked = and_(Proposal.requesting_urn == person.school_urn, Proposal.requesting_accepted_at.is_(None))
    gives = and_(Proposal.supporting_urn == person.school_urn, Proposal.supporting_accepted_at.is_(None))
    waits = and_(Proposal.state == "proposed", or_(asked, gives))
    if is_head(person):
        waits = or_(waits, and_(Proposal.state == "to_release", Proposal.supporting_urn == person.school_urn))
    return waits


def shown(person: Principal, show: str) -> ColumnElement[bool]:
    """SQL condition for one list filter: “mine” to answer, “others” to answer, or “ended”."""
    live = is_live(person.today)
    match show:
        case "mine":
            return and_(live, waits_for(person))
        case "others":
            return and_(live, ~waits_for(person))
        case _:
            return ~live


async def proposals_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[ProposalRow], bool]:
    """One page of the proposals in the person's scope, live ones by deadline, and whether there are more."""
    order = [Proposal.id.desc()] if show == "ended" else [Proposal.respond_by.asc(), Proposal.id.asc()]
    statement = (
        PROPOSAL.where(record_filter(person, Permission.VIEW_PROPOSAL, Proposal), shown(person, show))
        .order_by(*order)
        .limit(PAGE)
        .offset(bindparam("skip"))
    )
    values = {"authority_id": person.authority_id, "skip": (page - 1) * ON_A_PAGE}
    rows = await select_all(session, statement, ProposalRow, values)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def proposal_counts(session: AsyncSession, person: Principal) -> dict[str, int]:
    """The number of proposals that wait for this person (mine), wait for others, and have ended."""
    parts = ("mine", "others", "ended")
    statement = (
        select(*(func.count().filter(shown(person, part)) for part in parts))
        .select_from(Proposal)
        .where(Proposal.authority_id == AUTHORITY, record_filter(person, Permission.VIEW_PROPOSAL, Proposal))
    )
    found = (await session.execute(statement, {"authority_id": person.authority_id})).one()
    return dict(zip(parts, found, strict=True))
