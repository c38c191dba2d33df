"""Records that a person has read or signed a version of a document; callers have checked that they may read it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.readings.models import SEEN, SIGNED, DocumentReading
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document about a school: its kind, id, number and school."""

    kind: str
    id: UUID
    number: int
    school_urn: int


async def record_seen(session: AsyncSession, person: Principal, document: Document) -> bool:
    """Record that a person has opened this version; returns whether it was the first time."""
    return await _record(session, person, document, SEEN)


async def sign_document(session: AsyncSession, person: Principal, document: Document) -> None:
    """Record that a person signed that they have read this version; the second time changes nothing."""
    await _record(session, person, document, SEEN)
    if await _record(session, person, document, SIGNED):
        await record_audit(
            session,
            person,
            "sign_document",
            document.kind,
            document.id,
            schools=[document.school_urn],
            changes={"number": [None, document.number]},
        )


async def _record(session: AsyncSession, person: Principal, document: Document, act: str) -> bool:
    await identify_requester(session, person)
    made = await session.execute(
        insert(DocumentReading)
        .values(
            authority_id=person.authority_id,
            document=document.kind,
            document_id=document.id,
            number=document.number,
            school_urn=document.school_urn,
            person_id=person.id,
            role=person.role.value,
            act=act,
        )
        .on_conflict_do_nothing()
        .returning(DocumentReading.id)
    )
    return made.first() is not None
