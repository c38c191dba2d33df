"""The list of agreements: its pages and its number."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AGREEMENT, AUTHORITY, LIVE, ON_A_PAGE, PAGE
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import rows_of


async def agreements_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the agreements in the person's scope, newest first, and whether there are more."""
    statement = filter_records(AGREEMENT, person, Permission.VIEW_AGREEMENT, SupportAgreement)
    live = SupportAgreement.state.in_(LIVE)
    statement = statement.where(live if show == "live" else ~live)
    statement = statement.order_by(SupportAgreement.id.desc()).limit(PAGE).offset(bindparam("skip"))
    skip = (page - 1) * ON_A_PAGE
    rows = await rows_of(session, statement, authority_id=person.authority_id, skip=skip)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def count_live(session: AsyncSession, person: Principal) -> int:
    """The number of agreements in the person's scope that are in preparation or running."""
    statement: Any = (
        select(func.count())
        .select_from(SupportAgreement)
        .where(SupportAgreement.authority_id == AUTHORITY, SupportAgreement.state.in_(LIVE))
    )
    statement = filter_records(statement, person, Permission.VIEW_AGREEMENT, SupportAgreement)
    counted: int = (await session.execute(statement, {"authority_id": person.authority_id})).scalar_one()
    return counted
