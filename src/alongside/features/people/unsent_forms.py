"""The text of forms that could not be sent, because the session had ended or the person acted in another role.

One form for each person is kept for a day, encrypted with the secret of the installation: only its own page shows it.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.people.queries import hashed
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import AuthorityKeyed, Base, created_at, reference
from alongside.platform.database.reads import Read, fetch_one
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.web.form_data import FormData

DAY = 24 * 3600
"""Seconds for which a form is kept."""

MOST_CHARACTERS = 100_000
"""Characters of a form that are kept at most; the longest form of ours has fewer."""


class UnsentForm(AuthorityKeyed, Base):
    """What a person typed into the form that is sent to `path`, encrypted, with its expiry."""

    __tablename__ = "unsent_form"
    __table_args__ = (reference("person_id", "person"),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str]
    sealed: Mapped[str]
    at: Mapped[datetime] = created_at()


class KeptForm(msgspec.Struct, frozen=True):
    """The encrypted form."""

    sealed: str


class EndedSession(msgspec.Struct, frozen=True):
    """The person of a session."""

    person_id: UUID


KEPT = Read(
    text(
        "SELECT sealed FROM unsent_form"
        " WHERE authority_id = :authority_id AND person_id = :person_id AND path = :path"
    ),
    KeptForm,
)
ENDED = Read(
    text(
        "SELECT s.person_id FROM user_session s"
        " JOIN person p ON p.authority_id = :authority_id AND p.id = s.person_id AND p.left_on IS NULL"
        " WHERE s.authority_id = :authority_id AND s.token_hash = :token_hash"
        " AND s.started_at > now() - interval '2 days'"
    ),
    EndedSession,
)


class SealedForms:
    """Keeps forms in the table `unsent_form`, encrypted with the secret of the installation."""

    def __init__(self, secret: bytes) -> None:
        """Keep the secret."""
        self.secret = secret

    async def person_of_ended_session(
        self, session: AsyncSession, authority_id: int, token: str
    ) -> UUID | None:
        """Return the person of a session that began in the last two days, even if it has ended."""
        values = {"authority_id": authority_id, "token_hash": hashed(token)}
        found = await fetch_one(session, ENDED, values)
        return found.person_id if found else None

    async def keep(
        self, session: AsyncSession, authority_id: int, person_id: UUID, path: str, form: FormData
    ) -> None:
        """Keep a form, instead of the one before. A form that is too long is not kept."""
        texts = form.texts()
        if sum(len(name) + len(value) for name, value in texts) > MOST_CHARACTERS:
            return
        from alongside.features.people.sign_in.encrypted_cookie import seal

        sealed = seal(self.secret, _purpose(authority_id, person_id, path), {"texts": texts}, DAY)
        values = {"path": path, "sealed": sealed, "at": func.now()}
        await session.execute(
            insert(UnsentForm)
            .values(authority_id=authority_id, person_id=person_id, **values)
            .on_conflict_do_update(index_elements=["authority_id", "person_id"], set_=values)
        )

    async def kept(self, session: AsyncSession, person: Principal, path: str) -> FormData | None:
        """Return what this person typed into the form that is sent to `path`; None if nothing is kept."""
        if person.id is None:
            return None
        values = {"authority_id": person.authority_id, "person_id": person.id, "path": path}
        found = await fetch_one(session, KEPT, values)
        if found is None:
            return None
        from alongside.features.people.sign_in.encrypted_cookie import unseal

        opened = unseal(self.secret, _purpose(person.authority_id, person.id, path), found.sealed)
        texts = opened["texts"] if opened else None
        return FormData(map(tuple, texts)) if isinstance(texts, list) else None


def _purpose(authority_id: int, person_id: UUID, path: str) -> str:
    """Bind a form to its person and address, so that a row moved to another person cannot be opened."""
    return f"unsent form of {authority_id} {person_id} {path}"


async def delete_unsent_forms(session: AsyncSession, person: Principal) -> int:
    """Delete the forms whose day has passed, also those of people on legal hold, because nobody can open them."""
    kept_until = UnsentForm.at + timedelta(seconds=DAY)
    gone = await session.scalars(
        delete(UnsentForm)
        .where(UnsentForm.authority_id == person.authority_id, kept_until < func.now())
        .returning(UnsentForm.person_id)
    )
    return len(gone.all())


JOBS = (ScheduledJob(10, delete_unsent_forms),)
