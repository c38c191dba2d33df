"""Queries of visits."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import literal_column, select

from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID, PART_ID
from alongside.features.escalations.visits.models import EscalationVisit
from alongside.platform.database.reads import Read, columns_of


class VisitRow(msgspec.Struct, frozen=True):
    """A visit (`models.EscalationVisit` describes the columns)."""

    id: UUID
    escalation_id: UUID
    version: int
    visit_on: date
    hours: Decimal
    who: str
    focus: str
    found: str
    next_steps: str
    for_school: bool


_ROW = EscalationVisit.__table__.c
_VISITS = select(*columns_of(VisitRow, EscalationVisit)).where(_ROW.authority_id == AUTHORITY)
VISIT = Read(_VISITS.where(_ROW.id == PART_ID), VisitRow)
VISITS = Read(
    _VISITS.where(_ROW.escalation_id == ESCALATION_ID)
    .order_by(_ROW.visit_on.desc(), _ROW.id.desc())
    .limit(literal_column("200")),
    VisitRow,
)
"""The visits of an escalation, latest first; a headteacher gets only those marked for the school."""
