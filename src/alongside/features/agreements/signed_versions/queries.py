"""Queries for signed versions and the names of the signatories."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AGREEMENT, AUTHORITY
from alongside.features.agreements.signed import SignedAgreement
from alongside.features.people.models import Person
from alongside.platform.database.rows import one_row, rows_of

SIGNED: Any = (
    select(*SignedAgreement.__table__.columns)
    .where(
        SignedAgreement.authority_id == AUTHORITY,
        SignedAgreement.agreement_id == bindparam("agreement_id"),
    )
    .order_by(SignedAgreement.agreement_version.desc())
    .limit(literal_column("100"))
)


async def signed_versions(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """All signed versions of an agreement, newest first, 100 at most."""
    return await rows_of(session, SIGNED, authority_id=authority_id, agreement_id=agreement_id)


async def to_be_signed(session: AsyncSession, authority_id: int, agreement_id: UUID) -> tuple[Row[Any], Any]:
    """The current agreement with the names of its signatories, and its content from PostgreSQL."""
    names = [
        select(Person.name)
        .where(Person.authority_id == AUTHORITY, Person.id == column)
        .scalar_subquery()
        .label(label)
        for column, label in (
            (SupportAgreement.requesting_signed_by, "requesting_signer"),
            (SupportAgreement.supporting_signed_by, "supporting_signer"),
        )
    ]
    content = func.agreement_content(AUTHORITY, SupportAgreement.id).label("content")
    statement = AGREEMENT.add_columns(*names, content).where(SupportAgreement.id == agreement_id)
    row = await one_row(session, statement, authority_id=authority_id)
    return row, row.content
