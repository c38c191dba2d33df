"""Queries for what an agreement leaves behind when it ends."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AUTHORITY
from alongside.platform.database.rows import rows_of


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
