"""Queries of attachments."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, literal_column, select

from alongside.features.escalations.files.models import EscalationFile
from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID, PART_ID
from alongside.features.people.models import Person
from alongside.platform.database.reads import Read, columns_of


class FileRow(msgspec.Struct, frozen=True):
    """An attachment without its content, and who added it (`models.EscalationFile` describes the columns)."""

    id: UUID
    escalation_id: UUID
    name: str
    kind: str
    size: int
    for_school: bool
    added_at: datetime
    removed_at: datetime | None
    adder: str


class FileContent(FileRow, frozen=True):
    """An attachment with its content."""

    content: bytes


class FilesHeld(msgspec.Struct, frozen=True):
    """How many attachments an escalation has, and their size in bytes."""

    count: int
    size: int


_ROW = EscalationFile.__table__.c


def _files(row: type[FileRow]) -> Select[*tuple[object, ...]]:
    adder = (Person.authority_id == AUTHORITY) & (Person.id == EscalationFile.added_by)
    return (
        select(*columns_of(row, EscalationFile, adder=Person.name))
        .select_from(EscalationFile)
        .join(Person, adder)
        .where(EscalationFile.authority_id == AUTHORITY)
    )


_KEPT = (EscalationFile.id == PART_ID, EscalationFile.removed_at.is_(None))
FILE = Read(_files(FileRow).where(*_KEPT), FileRow)
FILE_CONTENT = Read(_files(FileContent).where(*_KEPT), FileContent)
FILES = Read(
    _files(FileRow)
    .where(EscalationFile.escalation_id == ESCALATION_ID)
    .order_by(EscalationFile.id)
    .limit(literal_column("200")),
    FileRow,
)
"""The attachments of an escalation; a headteacher gets only those marked for the school."""

FILES_HELD = Read(
    select(func.count(), func.coalesce(func.sum(_ROW.size), literal_column("0"))).where(
        _ROW.authority_id == AUTHORITY, _ROW.escalation_id == ESCALATION_ID, _ROW.removed_at.is_(None)
    ),
    FilesHeld,
)
