"""Idempotency keys: a form that is sent twice runs once, and its response is stored."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.errors import ValidationFailed
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import AuthorityKeyed, Base, created_at
from alongside.platform.web.form_data import FormData
from alongside.platform.web.responses import Redirect


class IdempotencyKey(AuthorityKeyed, Base):
    """One submission of a form by a person, by the key that was in the form."""

    __tablename__ = "idempotency_key"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    location: Mapped[str | None]
    said: Mapped[str | None]
    at: Mapped[datetime] = created_at()


KEPT = select(IdempotencyKey.fingerprint, IdempotencyKey.location, IdempotencyKey.said).where(
    IdempotencyKey.authority_id == bindparam("authority_id"),
    IdempotencyKey.person_id == bindparam("person_id"),
    IdempotencyKey.key == bindparam("key"),
)


async def claim_idempotency_key(
    session: AsyncSession, person: Principal, path: str, form: FormData
) -> tuple[str, Redirect | None]:
    """Claim the key of this submission; a second submission waits for the first and gets its response.

    Raises ValidationFailed when the key is missing, or was used for a different submission.
    """
    key = form.one("idempotency_key")
    if not 16 <= len(key) <= 64:
        raise ValidationFailed({"": ["This form has gone out of date. Reload the page and send it again."]})
    content = repr((path, form.fingerprint_parts())).encode()
    fingerprint = hashlib.sha256(content).hexdigest()
    claimed = await session.execute(
        insert(IdempotencyKey)
        .values(authority_id=person.authority_id, person_id=person.id, key=key, fingerprint=fingerprint)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if claimed.first() is not None:
        return key, None
    kept = (
        await session.execute(KEPT, {"authority_id": person.authority_id, "person_id": person.id, "key": key})
    ).one()
    if kept.fingerprint != fingerprint or kept.location is None:
        raise ValidationFailed(
            {"": ["This form was already sent with other content. Reload the page and start again."]}
        )
    return key, Redirect(kept.location, kept.said)


async def store_response(session: AsyncSession, person: Principal, key: str, answer: Redirect) -> None:
    """Store the response to the submission, in the transaction of the action."""
    await session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.authority_id == person.authority_id,
            IdempotencyKey.person_id == person.id,
            IdempotencyKey.key == key,
        )
        .values(location=answer.location, said=answer.said)
    )
