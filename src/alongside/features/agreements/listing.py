"""The list of agreements: its pages and its number."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import (
    AGREEMENT,
    AUTHORITY,
    LIVE,
    ON_A_PAGE,
    PAGE,
    AgreementRow,
    as_shown,
    shown_state,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.reads import select_all


async def agreements_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[AgreementRow], bool]:
    """One page of the agreements in the person's scope, newest first, and whether there are more."""
    live = shown_state(person).in_(LIVE)
    statement = (
        AGREEMENT.where(
            record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement),
            live if show == "live" else ~live,
        )
        .order_by(SupportAgreement.id.desc())
        .limit(PAGE)
        .offset(bindparam("skip"))
    )
    values = {"authority_id": person.authority_id, "skip": (page - 1) * ON_A_PAGE}
    rows = await select_all(session, statement, AgreementRow, values)
    return [as_shown(person, row) for row in rows[:ON_A_PAGE]], len(rows) > ON_A_PAGE


async def agreements_by_id(
    session: AsyncSession, person: Principal, permission: Permission, ids: Sequence[UUID]
) -> Sequence[AgreementRow]:
    """Those of these agreements on which this person has a permission, newest first."""
    if not ids:
        return []
    statement = AGREEMENT.where(
        SupportAgreement.id.in_(ids), record_filter(person, permission, SupportAgreement)
    ).order_by(SupportAgreement.id.desc())
    return await select_all(session, statement, AgreementRow, {"authority_id": person.authority_id})


async def count_live(session: AsyncSession, person: Principal) -> int:
    """The number of agreements in the person's scope that are in preparation or running."""
    statement = (
        select(func.count())
        .select_from(SupportAgreement)
        .where(
            SupportAgreement.authority_id == AUTHORITY,
            shown_state(person).in_(LIVE),
            record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement),
        )
    )
    return (await session.execute(statement, {"authority_id": person.authority_id})).scalar_one()
