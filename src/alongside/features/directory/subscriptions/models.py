"""The table of subscriptions and saved searches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

KINDS = ("theme", "school", "search")


class Subscription(AuthorityOwned, Base):
    """A theme or a school that a person follows, or a search saved under a `name`.

    `subject` is the theme's key, the URN, or the query string of the search. Entries listed after `notified_until` are
    new. Saved searches send no notifications.
    """

    __tablename__ = "directory_subscription"
    __table_args__ = (
        reference("person_id", "person"),
        UniqueConstraint("authority_id", "person_id", "kind", "subject"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint(
            "CASE kind WHEN 'school' THEN subject ~ '^[0-9]{1,7}$' WHEN 'search' THEN left(subject, 1) = '?'"
            " AND char_length(subject) <= 1000 ELSE subject ~ '^[a-z][a-z0-9_]{0,39}$' END",
            name="subject",
        ),
        Index(None, "authority_id", "notified_until"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    notified_until: Mapped[datetime] = created_at()
    since: Mapped[datetime] = created_at()
