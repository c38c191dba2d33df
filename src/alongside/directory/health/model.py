"""What was searched for and not found: words and how often, never who."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityKeyed, Base


class MissedSearch(AuthorityKeyed, Base):
    """Words that somebody searched for when no entry that they could see held any of them.

    Nobody's name, school or day stands beside them, only how often and when last. What is shown of it was missed
    three times or more (queries.MISSES).
    """

    __tablename__ = "missed_search"
    __table_args__ = (
        CheckConstraint("char_length(words) BETWEEN 1 AND 80", name="words"),
        CheckConstraint("times > 0", name="times"),
        Index(None, "authority_id", "times"),
    )

    words: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_on: Mapped[date]
