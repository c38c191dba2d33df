"""Queries for agreements, and row locks for decisions on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.agreements.models import Aim, SupportAgreement
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.audit.models import AuditEntry
from alongside.platform.workflow import WORKFLOWS

Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
AUTHORITY: Any = bindparam("authority_id")
PAGE: Any = literal_column("26")
ON_A_PAGE = 25
LIVE = ("preparing", "active")

AGREEMENT: Any = (
    select(
        *SupportAgreement.__table__.columns,
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
        Need.title.label("need_title"),
        Need.theme.label("theme"),
        Need.success_criteria.label("success_criteria"),
        Need.state.label("need_state"),
        Offer.title.label("offer_title"),
        Offer.state.label("offer_state"),
        Offer.leader_name.label("leader_name"),
        (Offer.days_total - Offer.days_taken).label("offer_days_left"),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == SupportAgreement.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == SupportAgreement.offer_id))
    .where(SupportAgreement.authority_id == AUTHORITY)
)

AIM: Any = (
    select(
        Aim.id,
        Aim.agreement_id,
        Aim.aim,
        Aim.measure,
        Aim.baseline,
        Aim.target,
        SupportAgreement.requesting_urn,
        SupportAgreement.supporting_urn,
        SupportAgreement.state,
        SupportAgreement.agreement_version,
    )
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Aim.agreement_id),
    )
    .where(Aim.authority_id == AUTHORITY, Aim.agreement_id == bindparam("agreement_id"))
)
AIMS: Any = AIM.order_by(Aim.id)


async def rows_of(session: AsyncSession, statement: Any, **values: Any) -> Sequence[Row[Any]]:
    """All rows of a query."""
    found: Sequence[Row[Any]] = (await session.execute(statement, values)).all()
    return found


async def one_row(session: AsyncSession, statement: Any, **values: Any) -> Row[Any]:
    """The single row of a query. Raises NotFound."""
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    if found is None:
        raise NotFound
    return found


def reached(statement: Any, person: Principal, permission: Permission, thing: Any) -> Any:
    """Limit a query to the records on which this person has the permission."""
    return statement.where(record_filter(person, permission, thing))


async def get_agreement(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID
) -> Row[Any]:
    """One agreement. Raises NotFound unless the person has `permission` for it."""
    statement = reached(AGREEMENT, person, permission, SupportAgreement).where(
        SupportAgreement.id == agreement_id
    )
    return await one_row(session, statement, authority_id=person.authority_id)


async def hold_pool_and_need(session: AsyncSession, authority_id: int, offer_id: UUID, need_id: UUID) -> None:
    """Lock this offer and then this need until the transaction ends.

    Every decision locks the offer first, then the need, then its own row. The fixed order prevents
    deadlocks.
    """
    for thing, row_id in ((Offer, offer_id), (Need, need_id)):
        columns: Any = thing
        await session.execute(
            select(columns.id)
            .where(columns.authority_id == authority_id, columns.id == row_id)
            .with_for_update(key_share=True)
        )


async def lock_agreement(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    agreement_id: UUID,
    *,
    pool: bool = False,
) -> Row[Any]:
    """Lock an agreement and, with `pool`, its offer and need; returns the current row."""
    seen = await get_agreement(session, person, permission, agreement_id)
    if pool:
        await hold_pool_and_need(session, person.authority_id, seen.offer_id, seen.need_id)
    statement = AGREEMENT.where(SupportAgreement.id == agreement_id).with_for_update(
        key_share=True, of=SupportAgreement
    )
    return await one_row(session, statement, authority_id=person.authority_id)


async def agreements_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the agreements in the person's scope, newest first, and whether there are more."""
    statement = reached(AGREEMENT, person, Permission.VIEW_AGREEMENT, SupportAgreement)
    live = SupportAgreement.state.in_(LIVE)
    statement = statement.where(live if show == "live" else ~live)
    statement = statement.order_by(SupportAgreement.id.desc()).limit(PAGE).offset(bindparam("skip"))
    skip = (page - 1) * ON_A_PAGE
    rows = await rows_of(session, statement, authority_id=person.authority_id, skip=skip)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def agreement_of_proposal(session: AsyncSession, authority_id: int, proposal_id: UUID) -> UUID | None:
    """The agreement that was created from a proposal, if any."""
    statement = select(SupportAgreement.id).where(
        SupportAgreement.authority_id == authority_id, SupportAgreement.proposal_id == proposal_id
    )
    found: UUID | None = await session.scalar(statement)
    return found


async def aims_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """The aims of an agreement, oldest first."""
    return await rows_of(session, AIMS, authority_id=authority_id, agreement_id=agreement_id)


async def get_aim(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID, aim_id: UUID
) -> Row[Any]:
    """One aim. Raises NotFound unless the person has `permission` for its agreement."""
    statement = reached(AIM, person, permission, SupportAgreement).where(Aim.id == aim_id)
    return await one_row(session, statement, authority_id=person.authority_id, agreement_id=agreement_id)


async def pool_of(session: AsyncSession, authority_id: int, offer_id: UUID) -> Row[Any]:
    """The days left in an offer's pool, and the offer's state."""
    statement = select(
        Offer.id,
        Offer.school_urn,
        Offer.state,
        (Offer.days_total - Offer.days_taken).label("days_left"),
        (Offer.engagements_max - Offer.engagements_taken).label("places_left"),
    ).where(Offer.authority_id == authority_id, Offer.id == offer_id)
    return await one_row(session, statement)


async def need_of(session: AsyncSession, authority_id: int, need_id: UUID) -> Row[Any]:
    """The columns of a need for a transition: id, school, state."""
    statement = select(Need.id, Need.school_urn, Need.state).where(
        Need.authority_id == authority_id, Need.id == need_id
    )
    return await one_row(session, statement)


async def left_over(
    session: AsyncSession, authority_id: int, thing: Any, agreement_id: UUID, states: Sequence[str]
) -> Sequence[Row[Any]]:
    """The visits or amendments of an ended agreement that are still in one of these states."""
    statement = (
        select(thing.id, thing.state, SupportAgreement.requesting_urn, SupportAgreement.supporting_urn)
        .join(
            SupportAgreement,
            (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == thing.agreement_id),
        )
        .where(thing.authority_id == AUTHORITY, thing.agreement_id == agreement_id, thing.state.in_(states))
        .order_by(thing.id)
    )
    return await rows_of(session, statement, authority_id=authority_id)


OTHER_WORDS = {
    "write_aim": "added an aim",
    "change_aim": "changed an aim",
    "remove_aim": "removed an aim",
    "signatures_fall": "changed the agreement, so both headteachers must sign again",
    "give_mid_term_review": "gave their half-way review",
    "give_closing_review": "gave their closing review",
}


def words_for(verb: str) -> str:
    """The display text of an action in a timeline: “accepted”, “recorded a visit”."""
    for flow in WORKFLOWS.values():
        for move in flow.moves:
            if move.verb == verb:
                return move.past
    return OTHER_WORDS.get(verb, verb.replace("_", " "))


async def timeline_of(
    session: AsyncSession, authority_id: int, subjects: Sequence[tuple[str, UUID]]
) -> list[dict[str, Any]]:
    """The timeline of several related records, newest first, 200 entries at most."""
    statement = (
        select(
            AuditEntry.at,
            AuditEntry.person_name,
            AuditEntry.role,
            AuditEntry.verb,
            AuditEntry.note,
            AuditEntry.changes,
        )
        .where(
            AuditEntry.authority_id == authority_id,
            AuditEntry.subject_kind.in_(sorted({kind for kind, _ in subjects})),
            AuditEntry.subject_id.in_([str(one) for _, one in subjects]),
        )
        .order_by(AuditEntry.id.desc())
        .limit(literal_column("200"))
    )
    rows = (await session.execute(statement)).mappings().all()
    return [
        {"at": row["at"], "who": row["person_name"], "text": words_for(row["verb"]), "note": row["note"]}
        for row in rows
    ]


async def count_live(session: AsyncSession, person: Principal) -> int:
    """The number of agreements in the person's scope that are in preparation or running."""
    statement: Any = (
        select(func.count())
        .select_from(SupportAgreement)
        .where(SupportAgreement.authority_id == AUTHORITY, SupportAgreement.state.in_(LIVE))
    )
    statement = reached(statement, person, Permission.VIEW_AGREEMENT, SupportAgreement)
    counted: int = (await session.execute(statement, {"authority_id": person.authority_id})).scalar_one()
    return counted
