"""Query of the live proposals for one need, with their distance."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Float, bindparam, cast, func, literal_column
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.queries import AMONG_LIVE, PROPOSAL, ProposalRow
from alongside.features.agreements.queries import Asking, Giving
from alongside.features.schools.distance import METRES_PER_MILE
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

EAST = cast(Asking.easting, Float) - cast(Giving.easting, Float)
NORTH = cast(Asking.northing, Float) - cast(Giving.northing, Float)
MILES = cast(func.sqrt(EAST * EAST + NORTH * NORTH) / METRES_PER_MILE, Float)


class Reply(ProposalRow, frozen=True):
    """A live proposal with the distance between the two schools; None if a place is not known."""

    miles: float | None


REPLIES = Read(
    PROPOSAL.add_columns(MILES.label("miles"))
    .where(Proposal.need_id == bindparam("need_id"), AMONG_LIVE, Proposal.respond_by >= bindparam("today"))
    .order_by(Proposal.respond_by, Proposal.id)
    .limit(literal_column("25")),
    Reply,
)


async def replies_to(session: AsyncSession, person: Principal, need_id: UUID) -> Sequence[Reply]:
    """The live proposals for a need that the caller has loaded, the one that ends soonest first; 25 at most."""
    values = {"authority_id": person.authority_id, "need_id": need_id, "today": person.today}
    return await fetch_all(session, REPLIES, values)
