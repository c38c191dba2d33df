"""The table of searches with no results: the words and pseudonyms, never who searched."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base

MARK_BYTES = 16
"""Length of a pseudonym in bytes: long enough that two never collide."""

KEPT_DAYS = 365
"""Days for which a search with no results is kept."""


class ZeroResultSearch(AuthorityKeyed, Base):
    """A search for which no visible entry held any of the words: one row for each person.

    No name, id or school is stored, only pseudonyms that cannot be resolved without the secret key. `seeker` differs
    for each person and words, so that people are counted once and two rows cannot be linked to the same person.
    `slot` is one of the few that a person has per day, so that nobody can fill the table. Only what three people
    searched for is shown (`queries.MISSES`).
    """

    __tablename__ = "zero_result_search"
    __table_args__ = (
        CheckConstraint("char_length(words) BETWEEN 1 AND 80", name="words"),
        CheckConstraint(
            f"octet_length(seeker) = {MARK_BYTES} AND octet_length(slot) = {MARK_BYTES}", name="marks"
        ),
        UniqueConstraint("authority_id", "slot"),
        Index(None, "authority_id", "last_on"),
    )

    words: Mapped[str] = mapped_column(primary_key=True)
    seeker: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    slot: Mapped[bytes] = mapped_column(LargeBinary)
    last_on: Mapped[date]
