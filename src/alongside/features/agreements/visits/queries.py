"""Queries for visits and overdue records."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.parties import SUPPORTING, NamedSides
from alongside.features.agreements.queries import AUTHORITY, Asking, Giving
from alongside.features.agreements.visit import Visit
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one


class VisitRow(NamedSides, frozen=True):
    """A visit, as `visit.Visit` describes it, with the schools and the state of its agreement."""

    id: UUID
    agreement_id: UUID
    state: str
    version: int
    visit_on: date
    days: Decimal
    focus: str
    done: str
    next_steps: str
    record_due_on: date
    recorded_at: datetime | None
    recorded_side: str | None
    hoped_for: str
    took_away: str
    answer: str
    answer_asked_on: date | None
    answer_due_on: date | None
    answered_at: datetime | None
    answered_visit_on: date | None
    answered_days: Decimal | None
    answered_done: str
    answer_reason: str
    settled_as: str | None
    settled_because: str
    settled_at: datetime | None
    agreement_state: str

    @property
    def recorded_by_school(self) -> str:
        """The name of the school that wrote the record."""
        return self.supporting_name if self.recorded_side == SUPPORTING else self.requesting_name

    @property
    def answering_school(self) -> str:
        """The name of the school that answers the record."""
        return self.requesting_name if self.recorded_side == SUPPORTING else self.supporting_name

    @property
    def answering_urn(self) -> int:
        """The URN of the school that answers the record."""
        return self.requesting_urn if self.recorded_side == SUPPORTING else self.supporting_urn

    @property
    def is_disputed(self) -> bool:
        """Whether the schools differ about the visit and nobody has settled it."""
        return self.state == "recorded" and self.answer in DIFFERENT and self.settled_as is None


DIFFERENT = ("corrected", "disagree")


VISIT = (
    select(
        *columns_of(
            VisitRow,
            Visit,
            requesting_urn=SupportAgreement.requesting_urn,
            supporting_urn=SupportAgreement.supporting_urn,
            requesting_name=Asking.name,
            supporting_name=Giving.name,
            agreement_state=SupportAgreement.state,
        )
    )
    .select_from(Visit)
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Visit.agreement_id),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .where(Visit.authority_id == AUTHORITY)
)
VISITS = Read(
    VISIT.where(Visit.agreement_id == bindparam("agreement_id"))
    .order_by(Visit.visit_on.desc(), Visit.id.desc())
    .limit(literal_column("200")),
    VisitRow,
)
ONE_VISIT = Read(VISIT.where(Visit.id == bindparam("visit_id")), VisitRow)
OVERDUE = Read(
    VISIT.where(
        Visit.state == "planned",
        Visit.record_due_on < bindparam("today", type_=Date),
        Visit.chased_on.is_(None),
        SupportAgreement.state == "active",
    )
    .order_by(Visit.id)
    .limit(literal_column("200")),
    VisitRow,
)
TO_RECALCULATE = Read(
    VISIT.where(Visit.state == "planned", Visit.chased_on.is_(None), SupportAgreement.state == "active")
    .order_by(Visit.id)
    .limit(literal_column("2000"))
    .with_for_update(key_share=True, of=Visit, skip_locked=True),
    VisitRow,
)

WAITING = VISIT.where(Visit.state == "recorded", Visit.answer == "waiting").order_by(Visit.id)
UNANSWERED = Read(
    WAITING.where(Visit.answer_due_on < bindparam("today", type_=Date)).limit(literal_column("200")), VisitRow
)
ANSWERS_TO_RECALCULATE = Read(
    WAITING.where(Visit.answer_due_on >= bindparam("today", type_=Date))
    .limit(literal_column("2000"))
    .with_for_update(key_share=True, of=Visit, skip_locked=True),
    VisitRow,
)


async def visits_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[VisitRow]:
    """All visits of an agreement, newest first, 200 at most."""
    return await fetch_all(session, VISITS, {"authority_id": authority_id, "agreement_id": agreement_id})


async def visit_to(
    session: AsyncSession, person: Principal, permission: Permission, visit_id: UUID
) -> VisitRow:
    """One visit. Raises NotFound unless the person has `permission` for its agreement."""
    visit = await visit_now(session, person.authority_id, visit_id)
    require_on(person, permission, visit)
    return visit


async def visit_now(session: AsyncSession, authority_id: int, visit_id: UUID) -> VisitRow:
    """The current row of a visit. Its agreement must be locked. Raises NotFound."""
    visit = await fetch_one(session, ONE_VISIT, {"authority_id": authority_id, "visit_id": visit_id})
    if visit is None:
        raise NotFound
    return visit


async def overdue_records(session: AsyncSession, authority_id: int, today: date) -> list[VisitRow]:
    """Planned visits of running agreements with an overdue record and no reminder yet, 200 at most."""
    return await fetch_all(session, OVERDUE, {"authority_id": authority_id, "today": today})
