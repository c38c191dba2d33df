"""Table of visits to the school of an escalation."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference


class EscalationVisit(AuthorityOwned, Base):
    """One visit. `hours` of work in steps of 0.5; `for_school` is whether the school may read the findings."""

    __tablename__ = "escalation_visit"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("recorded_by", "person"),
        CheckConstraint("hours > 0 AND hours <= 40 AND hours * 2 = trunc(hours * 2)", name="hours"),
        CheckConstraint("char_length(who) BETWEEN 1 AND 200", name="who"),
        CheckConstraint("char_length(focus) BETWEEN 1 AND 200", name="focus"),
        CheckConstraint("char_length(found) BETWEEN 1 AND 4000", name="found"),
        CheckConstraint("char_length(next_steps) <= 2000", name="length"),
        Index(None, "authority_id", "escalation_id", "visit_on"),
        {"info": {"second_policy": of_escalation_row("escalation_visit", for_school="for_school")}},
    )

    escalation_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    visit_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    who: Mapped[str]
    focus: Mapped[str]
    found: Mapped[str]
    next_steps: Mapped[str] = mapped_column(server_default=text("''"))
    for_school: Mapped[bool] = mapped_column(server_default=text("true"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = created_at()
