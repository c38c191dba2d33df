"""Signed versions of an agreement, and the names under them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.partnerships.model import Partnership
from alongside.partnerships.queries import AUTHORITY, PARTNERSHIP, one_row, rows_of
from alongside.partnerships.signed import SignedAgreement
from alongside.people.model import PersonRow

SIGNED: Any = (
    select(*SignedAgreement.__table__.columns)
    .where(
        SignedAgreement.authority_id == AUTHORITY,
        SignedAgreement.partnership_id == bindparam("partnership_id"),
    )
    .order_by(SignedAgreement.agreement_version.desc())
    .limit(literal_column("100"))
)


async def signed_versions(
    session: AsyncSession, authority_id: int, partnership_id: UUID
) -> Sequence[Row[Any]]:
    """Every version of an agreement that both heads signed, the latest first, 100 at most."""
    return await rows_of(session, SIGNED, authority_id=authority_id, partnership_id=partnership_id)


async def to_be_signed(
    session: AsyncSession, authority_id: int, partnership_id: UUID
) -> tuple[Row[Any], Any]:
    """A partnership as it is now with the names of who signed, and its content as PostgreSQL has it."""
    names = [
        select(PersonRow.name)
        .where(PersonRow.authority_id == AUTHORITY, PersonRow.id == column)
        .scalar_subquery()
        .label(label)
        for column, label in (
            (Partnership.asker_signed_by, "asker_signer"),
            (Partnership.giver_signed_by, "giver_signer"),
        )
    ]
    content = func.agreement_content(AUTHORITY, Partnership.id).label("content")
    statement = PARTNERSHIP.add_columns(*names, content).where(Partnership.id == partnership_id)
    row = await one_row(session, statement, authority_id=authority_id)
    return row, row.content
