"""The table of calendar feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference


class CalendarFeed(AuthorityOwned, Base):
    """A person's secret link to their calendar. A new link is a new row; the link of a deleted row works no more.

    The link holds the id and its seal with the product's secret, so that a copy of the table opens no feed.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (reference("person_id", "person"), UniqueConstraint("authority_id", "person_id"))

    person_id: Mapped[UUID]
    made_at: Mapped[datetime] = created_at()
