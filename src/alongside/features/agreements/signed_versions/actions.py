"""Command that stores a signed version."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.signed import SignedAgreement
from alongside.features.agreements.signed_versions.queries import to_be_signed
from alongside.features.agreements.signed_versions.wording import agreement_text
from alongside.platform.access.principal import Principal


async def keep_signed_version(session: AsyncSession, person: Principal, agreement_id: UUID) -> None:
    """Store the current agreement after both heads have signed it. A trigger fills in its content."""
    row = await to_be_signed(session, person.authority_id, agreement_id)
    await session.execute(
        insert(SignedAgreement).values(
            authority_id=person.authority_id,
            agreement_id=agreement_id,
            agreement_version=row.agreement_version,
            content={},
            text=agreement_text(row, person.today),
        )
    )
