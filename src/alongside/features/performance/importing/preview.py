"""The preview of an upload: what its file holds, and what its import would change."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.importing.mappings import layout_of, mapped_columns, measures_in
from alongside.features.performance.importing.plan import ImportPlan, plan_import
from alongside.features.performance.importing.queries import WaitingUpload, counted_schools
from alongside.features.performance.published.content import Question, Table
from alongside.features.performance.published.reading import read_table
from alongside.features.performance.published.sheets import Sheet, UnreadableTable
from alongside.features.performance.published.tables import recognised
from alongside.features.performance.statuses import FINAL
from alongside.platform.access.principal import Principal

IS_OVER = "This file was imported or discarded already. Upload it again to import it."


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as read, what its import would change, and the school of each URN."""

    table: Table
    plan: ImportPlan
    schools: Mapping[int, int]


def packed(sheet: Sheet) -> bytes:
    """Return a sheet as it is kept until it is confirmed."""
    return zlib.compress(msgspec.msgpack.encode(sheet), 1)


def unpacked(content: bytes) -> Sheet:
    """Return a kept sheet."""
    return msgspec.msgpack.decode(zlib.decompress(content), type=Sheet)


async def read_upload(session: AsyncSession, person: Principal, upload: WaitingUpload) -> Preview:
    """Read an upload for the person's authority. Raises UnreadableTable, also for one that is over."""
    if upload.sheet is None:
        raise UnreadableTable(IS_OVER)
    here, sheet = person.authority_id, unpacked(upload.sheet)
    schools = await counted_schools(session, here)
    measures, release, layout = measures_of(settings_of(here)), upload.release, None
    if recognised(sheet.headings) is None and (columns := await mapped_columns(session, here, sheet)):
        layout, measures, release = layout_of(columns), measures_in(columns, measures), release or FINAL
    question = Question(here, measures, frozenset(schools), upload.academic_year, release, upload.as_at)
    table = read_table(sheet, question, layout)
    return Preview(table, await plan_import(session, person, table, schools), schools)
