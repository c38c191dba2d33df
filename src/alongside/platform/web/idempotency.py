"""Idempotency keys: a form that is sent twice runs once, and its response is stored."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.errors import ValidationFailed
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import AuthorityKeyed, Base, created_at
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.web.form_data import FormData
from alongside.platform.web.responses import Redirect

KEPT_FOR = timedelta(days=30)
"""A form is sent again within minutes; its session, without which it is refused, ends long before."""


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


AGAIN = "again-"
"""The start of the key of a form that says that the same was sent before: sending it again makes a second record."""

SENT_BEFORE = select(func.max(IdempotencyKey.at)).where(
    IdempotencyKey.authority_id == bindparam("authority_id"),
    IdempotencyKey.person_id == bindparam("person_id"),
    IdempotencyKey.key != bindparam("key"),
    IdempotencyKey.fingerprint == bindparam("fingerprint"),
    IdempotencyKey.location.is_not(None),
    IdempotencyKey.at > func.now() - timedelta(minutes=10),
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
    fingerprint = fingerprint_of(path, form)
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


async def sent_before(session: AsyncSession, person: Principal, path: str, form: FormData) -> datetime | None:
    """Return when this person sent the same content to the same address with another key, in the last ten minutes.

    None if they did not, or if the key of the form says that they want it twice (`AGAIN`).
    """
    key = form.one("idempotency_key")
    if key.startswith(AGAIN):
        return None
    values = {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "key": key,
        "fingerprint": fingerprint_of(path, form),
    }
    return (await session.execute(SENT_BEFORE, values)).scalar_one_or_none()


def fingerprint_of(path: str, form: FormData) -> str:
    """Return a hash of what was sent, without the tokens."""
    return hashlib.sha256(repr((path, form.fingerprint_parts())).encode()).hexdigest()


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


async def delete_idempotency_keys(session: AsyncSession, person: Principal) -> int:
    """Delete the keys of submissions that nobody can send again."""
    gone = await session.scalars(
        delete(IdempotencyKey)
        .where(
            IdempotencyKey.authority_id == person.authority_id,
            IdempotencyKey.at < func.now() - KEPT_FOR,
        )
        .returning(IdempotencyKey.key)
    )
    return len(gone.all())


JOBS = (ScheduledJob(10, delete_idempotency_keys),)
