"""The table of calendar feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class CalendarFeed(AuthorityOwned, Base):
    """A person's secret link to their calendar. A new link is a new row; the link of a deleted row works no more.

    The link holds the id and its seal with the product's secret, so that a copy of the table opens no feed. It stops
    when a role of the person ends, so that a link somebody has kept shows nothing of a later role.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (reference("person_id", "person"), UniqueConstraint("authority_id", "person_id"))

    person_id: Mapped[UUID]
    made_at: Mapped[datetime] = created_at()


schema_rule(
    "a_calendar_link_stops_when_a_role_ends",
    """
CREATE FUNCTION stop_calendar_feed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.calendar_feed WHERE authority_id = NEW.authority_id AND person_id = NEW.person_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_calendar_feed AFTER UPDATE OF ends_on ON role_assignment
    FOR EACH ROW WHEN (NEW.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on)
    EXECUTE FUNCTION stop_calendar_feed();
""",
)
