"""The periods in which the clock of an escalation is paused: their table and query."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.features.escalations.deadlines import Pause
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.reads import Read, fetch_all

WAITING_ON = ("consortium", "school", "provider")


class ClockPause(AuthorityOwned, Base):
    """One pause: for whom the escalation waits, why, since when and until when. At most one per escalation is
    open.
    """

    __tablename__ = "escalation_pause"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("begun_by", "person"),
        CheckConstraint(one_of("waiting_on", WAITING_ON), name="waiting_on"),
        CheckConstraint("char_length(why) BETWEEN 1 AND 1000", name="why"),
        CheckConstraint("until_at >= since_at", name="ends_after_start"),
        Index(
            "ix_escalation_wait_one_at_a_time",
            "authority_id",
            "escalation_id",
            unique=True,
            postgresql_where=text("until_at IS NULL"),
        ),
        Index(None, "authority_id", "escalation_id", "since_at"),
        {"info": {"second_policy": of_escalation_row("escalation_pause")}},
    )

    escalation_id: Mapped[UUID]
    waiting_on: Mapped[str]
    why: Mapped[str]
    begun_by: Mapped[UUID]
    since_at: Mapped[datetime] = created_at()
    until_at: Mapped[datetime | None]


_PAUSE = ClockPause.__table__.c
PAUSES = Read(
    select(_PAUSE.waiting_on, _PAUSE.since_at, _PAUSE.until_at, _PAUSE.why)
    .where(
        _PAUSE.authority_id == bindparam("authority_id"), _PAUSE.escalation_id == bindparam("escalation_id")
    )
    .order_by(_PAUSE.since_at),
    Pause,
)


async def pauses_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> list[Pause]:
    """The pauses of an escalation's clock."""
    return await fetch_all(
        session, PAUSES, {"authority_id": person.authority_id, "escalation_id": escalation_id}
    )
