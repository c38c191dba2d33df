"""What was searched for and not found: words and how many people missed them, never who."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base

MARK_BYTES = 16
"""Length of a mark: enough that no two meet by chance."""

KEPT_DAYS = 365
"""For so long it is remembered that somebody missed something."""


class ZeroResultSearch(AuthorityKeyed, Base):
    """Words that somebody searched for when no entry that they could see held any of them: one row for each person.

    Nobody's name, id or school stands beside them, only marks that tell nothing without the house's secret. `seeker`
    is another for each person and words, so that people are counted once and no two rows can be told to be of the
    same one. `place` is one of the few that a person has on a day, so that nobody fills the table. Only what
    three people missed is shown (queries.MISSES).
    """

    __tablename__ = "zero_result_search"
    __table_args__ = (
        CheckConstraint("char_length(words) BETWEEN 1 AND 80", name="words"),
        CheckConstraint(
            f"octet_length(seeker) = {MARK_BYTES} AND octet_length(place) = {MARK_BYTES}", name="marks"
        ),
        UniqueConstraint("authority_id", "place"),
        Index(None, "authority_id", "last_on"),
    )

    words: Mapped[str] = mapped_column(primary_key=True)
    seeker: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    place: Mapped[bytes] = mapped_column(LargeBinary)
    last_on: Mapped[date]
