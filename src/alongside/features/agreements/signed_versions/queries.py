"""Queries for signed versions and the names of the signatories."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AGREEMENT, AUTHORITY, AgreementRow
from alongside.features.agreements.signed import SignedAgreement
from alongside.features.people.models import Person
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one


class AgreementContent(TypedDict):
    """What both headteachers sign, as PostgreSQL reads it (`agreement_content`); dates in ISO 8601."""

    days: float
    starts_on: str
    ends_on: str
    aims: list[dict[str, str]]


class SignedVersion(msgspec.Struct, frozen=True):
    """A signed version of an agreement, as it is printed."""

    agreement_version: int
    text: str
    signed_at: datetime


class AgreementToSign(AgreementRow, frozen=True):
    """An agreement with the names of those who signed it, and its content."""

    requesting_signer: str | None
    supporting_signer: str | None
    content: AgreementContent


SIGNED = Read(
    select(*columns_of(SignedVersion, SignedAgreement))
    .where(
        SignedAgreement.authority_id == AUTHORITY,
        SignedAgreement.agreement_id == bindparam("agreement_id"),
    )
    .order_by(SignedAgreement.agreement_version.desc())
    .limit(literal_column("100")),
    SignedVersion,
)
TO_SIGN = Read(
    AGREEMENT.add_columns(
        *(
            select(Person.name).where(Person.authority_id == AUTHORITY, Person.id == column).scalar_subquery()
            for column in (SupportAgreement.requesting_signed_by, SupportAgreement.supporting_signed_by)
        ),
        func.agreement_content(AUTHORITY, SupportAgreement.id, type_=JSONB),
    ).where(SupportAgreement.id == bindparam("agreement_id")),
    AgreementToSign,
)


async def signed_versions(
    session: AsyncSession, authority_id: int, agreement_id: UUID
) -> Sequence[SignedVersion]:
    """All signed versions of an agreement, newest first, 100 at most."""
    return await fetch_all(session, SIGNED, {"authority_id": authority_id, "agreement_id": agreement_id})


async def to_be_signed(session: AsyncSession, authority_id: int, agreement_id: UUID) -> AgreementToSign:
    """The current agreement with the names of its signatories, and its content from PostgreSQL."""
    values = {"authority_id": authority_id, "agreement_id": agreement_id}
    row = await fetch_one(session, TO_SIGN, values)
    if row is None:
        raise NotFound
    return row
