"""Keeping what both headteachers have signed."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.partnerships.agreements.queries import to_be_signed
from alongside.partnerships.agreements.wording import agreement_text
from alongside.partnerships.signed import SignedAgreement


async def keep_signed_version(session: AsyncSession, person: Person, partnership_id: UUID) -> None:
    """Keep the agreement as it is now, once both heads have signed it; PostgreSQL writes down its content."""
    row, content = await to_be_signed(session, person.authority_id, partnership_id)
    await session.execute(
        insert(SignedAgreement).values(
            authority_id=person.authority_id,
            partnership_id=partnership_id,
            agreement_version=row.agreement_version,
            content={},
            text=agreement_text(row, content, person.today),
        )
    )
