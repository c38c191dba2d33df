"""Activity of an escalation: one row for each action, with its reason. The timeline is made from it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class Event(AuthorityOwned, Base):
    """One action in an escalation, with its reason; rows are never changed.

    The audit log records the same action without school or reason, because more people read it. `for_school` is
    whether the headteacher sees it.
    """

    __tablename__ = "escalation_event"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        CheckConstraint("char_length(note) <= 4000", name="length"),
        Index(None, "authority_id", "escalation_id", "id"),
        {
            "info": {
                "record": True,
                "second_policy": of_escalation_row("escalation_event", kept=True, for_school="for_school"),
            }
        },
    )

    escalation_id: Mapped[UUID]
    verb: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    for_school: Mapped[bool] = mapped_column(server_default=text("true"))
    person_id: Mapped[UUID | None]
    person_name: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime] = created_at()


schema_rule(
    "colleagues_hear_that_something_was_done_in_an_escalation",
    """
CREATE FUNCTION announce_escalation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, 'escalation');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_escalation AFTER INSERT ON escalation_event
    FOR EACH ROW EXECUTE FUNCTION announce_escalation();
""",
)
