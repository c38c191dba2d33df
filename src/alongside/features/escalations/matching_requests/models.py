"""Table of matching requests made from an escalation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from alongside.features.escalations.access_policy import CORE, of_escalation_row
from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference


class MatchingRequest(AuthorityOwned, Base):
    """A plan across the whole authority that was requested from an escalation, and the need it was requested
    for.

    The reference exists only in this table, so that plans and needs do not disclose that there is an
    escalation.
    """

    __tablename__ = "escalation_matching_request"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("need_id", "need"),
        reference("run_id", "plan_run"),
        reference("asked_by", "person"),
        Index(None, "authority_id", "escalation_id", "id"),
        {
            "info": {
                "second_policy": of_escalation_row(
                    "escalation_matching_request", kept=True, for_school="false", added=CORE
                )
            }
        },
    )

    escalation_id: Mapped[UUID]
    need_id: Mapped[UUID]
    run_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = created_at()
