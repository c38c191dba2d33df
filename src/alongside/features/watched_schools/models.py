"""The table of watched schools."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class WatchedSchool(AuthorityOwned, Base):
    """A school that a person watches in one of their roles, and until when its changes were looked at.

    It ends with the role, because another role sees other things.
    """

    __tablename__ = "watched_school"
    __table_args__ = (
        reference("person_id", "person"),
        reference("role_assignment_id", "role_assignment"),
        reference("school_urn", "school"),
        UniqueConstraint("authority_id", "role_assignment_id", "school_urn"),
        Index(None, "authority_id", "person_id"),
    )

    person_id: Mapped[UUID]
    role_assignment_id: Mapped[UUID]
    school_urn: Mapped[int]
    watched_since: Mapped[datetime] = created_at()
    checked_until: Mapped[datetime] = created_at()


schema_rule(
    "a_school_is_watched_until_the_role_ends",
    """
CREATE FUNCTION stop_watching_schools() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.watched_school WHERE authority_id = NEW.authority_id AND role_assignment_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_watching_schools AFTER UPDATE OF ends_on ON role_assignment
    FOR EACH ROW WHEN (NEW.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on)
    EXECUTE FUNCTION stop_watching_schools();
""",
)
