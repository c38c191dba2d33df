"""That matching was asked for a case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from alongside.database.base import AuthorityOwned, Base, created_at, reference
from alongside.escalations.seats import CORE, of_case_row


class AskedMatching(AuthorityOwned, Base):
    """A plan of the whole authority that was asked for in a case, and the need of its school that it was asked for.

    The tie stands on this side alone: whoever reads plans or needs is not told that there is a case.
    """

    __tablename__ = "escalation_matching"
    __table_args__ = (
        reference("case_id", "escalation"),
        reference("need_id", "need"),
        reference("run_id", "plan_run"),
        reference("asked_by", "person"),
        Index(None, "authority_id", "case_id", "id"),
        {
            "info": {
                "second_policy": of_case_row("escalation_matching", kept=True, for_school="false", added=CORE)
            }
        },
    )

    case_id: Mapped[UUID]
    need_id: Mapped[UUID]
    run_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = created_at()
