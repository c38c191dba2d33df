"""A form sent twice does the thing once: the key of each submission, kept with what it was answered."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.access.person import Person
from alongside.database.base import AuthorityKeyed, Base, created_at
from alongside.errors import Invalid
from alongside.web.answers import SeeOther
from alongside.web.typed import Typed


class Submission(AuthorityKeyed, Base):
    """One form that one person sent, by the key that was put into the form when it was shown."""

    __tablename__ = "submission"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    location: Mapped[str | None]
    said: Mapped[str | None]
    at: Mapped[datetime] = created_at()


KEPT = select(Submission.fingerprint, Submission.location, Submission.said).where(
    Submission.authority_id == bindparam("authority_id"),
    Submission.person_id == bindparam("person_id"),
    Submission.key == bindparam("key"),
)


async def begin_submission(
    session: AsyncSession, person: Person, path: str, form: Typed
) -> tuple[str, SeeOther | None]:
    """Claim this submission's key; a second one waits for the first and gets its answer.

    Raises Invalid when the key is missing, or was already used for something else.
    """
    key = form.one("idempotency_key")
    if not 16 <= len(key) <= 64:
        raise Invalid({"": ["This form has gone out of date. Reload the page and send it again."]})
    told = repr((path, form.fingerprint_parts())).encode()
    fingerprint = hashlib.sha256(told).hexdigest()
    claimed = await session.execute(
        insert(Submission)
        .values(authority_id=person.authority_id, person_id=person.id, key=key, fingerprint=fingerprint)
        .on_conflict_do_nothing()
        .returning(Submission.key)
    )
    if claimed.first() is not None:
        return key, None
    kept = (
        await session.execute(KEPT, {"authority_id": person.authority_id, "person_id": person.id, "key": key})
    ).one()
    if kept.fingerprint != fingerprint or kept.location is None:
        raise Invalid(
            {"": ["This form was already sent with other content. Reload the page and start again."]}
        )
    return key, SeeOther(kept.location, kept.said)


async def end_submission(session: AsyncSession, person: Person, key: str, answer: SeeOther) -> None:
    """Keep what the submission was answered, in the transaction of the act itself."""
    await session.execute(
        update(Submission)
        .where(
            Submission.authority_id == person.authority_id,
            Submission.person_id == person.id,
            Submission.key == key,
        )
        .values(location=answer.location, said=answer.said)
    )
