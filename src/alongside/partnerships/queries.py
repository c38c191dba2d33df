"""Partnerships as people see them, and the rows that a decision must hold on to while it is taken."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import reach_clause
from alongside.errors import NotThere
from alongside.journal.model import JournalEntry
from alongside.needs.model import Need
from alongside.offers.model import Offer
from alongside.partnerships.model import Aim, Partnership
from alongside.schools.model import School
from alongside.workflow import WORKFLOWS

Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
AUTHORITY: Any = bindparam("authority_id")
PAGE: Any = literal_column("26")
ON_A_PAGE = 25
LIVE = ("preparing", "active")

PARTNERSHIP: Any = (
    select(
        *Partnership.__table__.columns,
        Asking.name.label("asking_name"),
        Giving.name.label("giving_name"),
        Need.title.label("need_title"),
        Need.theme.label("theme"),
        Need.good_looks_like.label("good_looks_like"),
        Need.state.label("need_state"),
        Offer.title.label("offer_title"),
        Offer.state.label("offer_state"),
        Offer.leader_name.label("leader_name"),
        (Offer.days_total - Offer.days_taken).label("offer_days_left"),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == Partnership.asking_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == Partnership.giving_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == Partnership.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == Partnership.offer_id))
    .where(Partnership.authority_id == AUTHORITY)
)

AIMS: Any = (
    select(Aim.id, Aim.aim, Aim.measure, Aim.baseline, Aim.target)
    .where(Aim.authority_id == AUTHORITY, Aim.partnership_id == bindparam("partnership_id"))
    .order_by(Aim.id)
)


async def rows_of(session: AsyncSession, statement: Any, **values: Any) -> Sequence[Row[Any]]:
    """All rows that a query finds."""
    found: Sequence[Row[Any]] = (await session.execute(statement, values)).all()
    return found


async def one_row(session: AsyncSession, statement: Any, **values: Any) -> Row[Any]:
    """The one row that a query finds. Raises NotThere."""
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    if found is None:
        raise NotThere
    return found


def reached(statement: Any, person: Person, permission: Permission, thing: Any) -> Any:
    """The rows of agreements in which a school within this person's reach is on either side."""
    return statement.where(reach_clause(person, permission, thing.asking_urn, thing.giving_urn))


async def partnership_to(
    session: AsyncSession, person: Person, permission: Permission, partnership_id: UUID
) -> Row[Any]:
    """A partnership, if this person may do this to it. Raises NotThere."""
    statement = reached(PARTNERSHIP, person, permission, Partnership).where(Partnership.id == partnership_id)
    return await one_row(session, statement, authority_id=person.authority_id)


async def hold_pool_and_need(session: AsyncSession, authority_id: int, offer_id: UUID, need_id: UUID) -> None:
    """Let nobody else decide on this offer or this need until the transaction ends.

    Every decision holds the offer first, then the need, then its own row: so decisions wait for one another
    in a row, and never in a circle.
    """
    for thing, row_id in ((Offer, offer_id), (Need, need_id)):
        columns: Any = thing
        await session.execute(
            select(columns.id)
            .where(columns.authority_id == authority_id, columns.id == row_id)
            .with_for_update(key_share=True)
        )


async def held_partnership(
    session: AsyncSession, person: Person, permission: Permission, partnership_id: UUID, *, pool: bool = False
) -> Row[Any]:
    """A partnership as it is now, held until the transaction ends; with `pool`, its offer and need too."""
    seen = await partnership_to(session, person, permission, partnership_id)
    if pool:
        await hold_pool_and_need(session, person.authority_id, seen.offer_id, seen.need_id)
    statement = PARTNERSHIP.where(Partnership.id == partnership_id).with_for_update(
        key_share=True, of=Partnership
    )
    return await one_row(session, statement, authority_id=person.authority_id)


async def partnerships_of(
    session: AsyncSession, person: Person, show: str, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the partnerships that concern somebody, the latest first; and whether more follow."""
    statement = reached(PARTNERSHIP, person, Permission.SEE_PARTNERSHIP, Partnership)
    live = Partnership.state.in_(LIVE)
    statement = statement.where(live if show == "live" else ~live)
    statement = statement.order_by(Partnership.id.desc()).limit(PAGE).offset(bindparam("skip"))
    skip = (page - 1) * ON_A_PAGE
    rows = await rows_of(session, statement, authority_id=person.authority_id, skip=skip)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def partnership_of_proposal(session: AsyncSession, authority_id: int, proposal_id: UUID) -> UUID | None:
    """The partnership that came of a proposal, if one did."""
    statement = select(Partnership.id).where(
        Partnership.authority_id == authority_id, Partnership.proposal_id == proposal_id
    )
    found: UUID | None = await session.scalar(statement)
    return found


async def aims_of(session: AsyncSession, authority_id: int, partnership_id: UUID) -> Sequence[Row[Any]]:
    """The aims of a partnership in the order in which they were written."""
    return await rows_of(session, AIMS, authority_id=authority_id, partnership_id=partnership_id)


async def pool_of(session: AsyncSession, authority_id: int, offer_id: UUID) -> Row[Any]:
    """What is left in an offer's pool, and the state that the offer is in."""
    statement = select(
        Offer.id,
        Offer.school_urn,
        Offer.state,
        (Offer.days_total - Offer.days_taken).label("days_left"),
        (Offer.engagements_max - Offer.engagements_taken).label("places_left"),
    ).where(Offer.authority_id == authority_id, Offer.id == offer_id)
    return await one_row(session, statement)


async def need_of(session: AsyncSession, authority_id: int, need_id: UUID) -> Row[Any]:
    """A need as a decision moves it: id, school, state."""
    statement = select(Need.id, Need.school_urn, Need.state).where(
        Need.authority_id == authority_id, Need.id == need_id
    )
    return await one_row(session, statement)


async def left_over(
    session: AsyncSession, authority_id: int, thing: Any, partnership_id: UUID, states: Sequence[str]
) -> Sequence[Row[Any]]:
    """What of a kind (visits, amendments) still stands in one of these states when a partnership is over."""
    statement = (
        select(thing.id, thing.state, Partnership.asking_urn, Partnership.giving_urn)
        .join(Partnership, (Partnership.authority_id == AUTHORITY) & (Partnership.id == thing.partnership_id))
        .where(
            thing.authority_id == AUTHORITY, thing.partnership_id == partnership_id, thing.state.in_(states)
        )
        .order_by(thing.id)
    )
    return await rows_of(session, statement, authority_id=authority_id)


OTHER_WORDS = {
    "write_aim": "wrote an aim",
    "change_aim": "changed an aim",
    "remove_aim": "removed an aim",
    "signatures_fall": "the agreement changed, so the signatures fell away",
    "give_mid_term_review": "gave their half-way review",
    "give_closing_review": "gave their closing review",
}


def words_for(verb: str) -> str:
    """What somebody did, for a timeline: “accepted”, “recorded a visit”."""
    for flow in WORKFLOWS.values():
        for move in flow.moves:
            if move.verb == verb:
                return move.past
    return OTHER_WORDS.get(verb, verb.replace("_", " "))


async def story_of(
    session: AsyncSession, authority_id: int, subjects: Sequence[tuple[str, UUID]]
) -> list[dict[str, Any]]:
    """What was done to some things that belong together, newest first, 200 entries at most."""
    statement = (
        select(
            JournalEntry.at,
            JournalEntry.person_name,
            JournalEntry.role,
            JournalEntry.verb,
            JournalEntry.note,
            JournalEntry.changes,
        )
        .where(
            JournalEntry.authority_id == authority_id,
            JournalEntry.subject_kind.in_(sorted({kind for kind, _ in subjects})),
            JournalEntry.subject_id.in_([str(one) for _, one in subjects]),
        )
        .order_by(JournalEntry.id.desc())
        .limit(literal_column("200"))
    )
    rows = (await session.execute(statement)).mappings().all()
    return [
        {"at": row["at"], "who": row["person_name"], "text": words_for(row["verb"]), "note": row["note"]}
        for row in rows
    ]


async def count_live(session: AsyncSession, person: Person) -> int:
    """How many partnerships that concern somebody are being prepared or running."""
    statement: Any = (
        select(func.count())
        .select_from(Partnership)
        .where(Partnership.authority_id == AUTHORITY, Partnership.state.in_(LIVE))
    )
    statement = reached(statement, person, Permission.SEE_PARTNERSHIP, Partnership)
    counted: int = (await session.execute(statement, {"authority_id": person.authority_id})).scalar_one()
    return counted
