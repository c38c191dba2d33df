"""Subject access export: all rows that refer to a person, and all rows with their name in a text."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Table, false, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.data_retention.personal_data_map import about_people, given, words_of
from alongside.platform.access.permissions import Permission, Scope, scope_for
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.base import Base
from alongside.platform.database.folding import fold_text
from alongside.platform.database.reads import select_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.row_level_security import owned_tables
from alongside.platform.web.spreadsheet import as_xlsx

MOST = 20_000
"""Maximum number of rows of one table in an export."""

MIN_NAME_LENGTH = 5
"""Minimum number of letters in a name to search for; shorter names occur in too many texts."""

HEADS = ("Where", "Row", "Why it is here", "What", "Value")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One exported row: its table, why it is included, and its values as text by column."""

    table: str
    row: str
    why: str
    values: dict[str, str]


async def held_about(session: AsyncSession, person: Principal, about: UUID, name: str) -> list[PersonalData]:
    """Every row of this authority that refers to a person or names them, table by table, opinions included.

    Runs as the system role, because no single role may read all tables. The caller must have checked the
    permission. Rows of others that contain the name are marked for a manual check. Rows of escalations are
    included only for roles that see every escalation: the people who send invitations choose names, and an
    officer's notes refer to the officer.
    """
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    everywhere = sees_every_escalation(person)
    found_rows: list[PersonalData] = []
    for table in owned_tables(Base.metadata):
        if "second_policy" in table.info and not everywhere:
            continue
        rows = await _rows(session, person.authority_id, table, about, name)
        found_rows += {row.row: row for row in rows}.values()
    return found_rows


def sees_every_escalation(person: Principal) -> bool:
    """Whether this person's exports include escalations; an administrator's do not."""
    return scope_for(person.role, Permission.VIEW_ESCALATION) is Scope.AUTHORITY


def can_be_sought(name: str) -> bool:
    """Whether texts are searched for a name: it has two words or more, and at least `MIN_NAME_LENGTH` letters."""
    return len(name.split()) > 1 and sum(map(str.isalpha, name)) >= MIN_NAME_LENGTH


def _named(table: Table, name: str) -> ColumnElement[bool]:
    """SQL condition: a row contains the name as whole words, as it is written or in a spelling that folds alike."""
    if not can_be_sought(name):
        return false()
    whole = r"(?<!\w)" + r"\s+".join(re.escape(word) for word in name.lower().split()) + r"(?!\w)"
    columns = [table.c[column] for column in words_of(table)]
    conditions = [func.lower(column).regexp_match(whole) for column in columns]
    folded = fold_text(name)
    if can_be_sought(folded):
        conditions += [func.folded(column).regexp_match(rf"\m{folded}s?\M") for column in columns]
    return or_(false(), *conditions)


async def _rows(
    session: AsyncSession, authority_id: int, table: Table, about: UUID, name: str
) -> list[PersonalData]:
    refers = or_(false(), *(table.c[column] == about for column in about_people(table)))
    keys = [column for column in table.primary_key.columns if column.name != "authority_id"]
    statement = (
        select(
            func.concat_ws(" ", null(), *keys).label("key"),
            refers.label("refers"),
            *(table.c[column] for column in given(table)),
        )
        .where(table.c.authority_id == authority_id, or_(refers, _named(table, name)))
        .limit(MOST)
    )
    return await select_all(session, statement, partial(_personal_data, table), {})


def _personal_data(table: Table, key: str, refers: bool, *given_values: object) -> PersonalData:
    why = "refers to this person" if refers else "names this person: check before sharing"
    values = {
        column: str(value)
        for column, value in zip(given(table), given_values, strict=True)
        if value is not None and value != ""
    }
    return PersonalData(table.name, key, why, values)


def as_json(name: str, found_rows: Iterable[PersonalData]) -> bytes:
    """The export as JSON, one object per row."""
    rows = [
        {"table": one.table, "row": one.row, "because": one.why, "values": one.values} for one in found_rows
    ]
    return json.dumps({"person": name, "rows": rows}, ensure_ascii=False, indent=1).encode()


def as_workbook(found_rows: Iterable[PersonalData]) -> bytes:
    """The export as a workbook, one line per value, so that lines about other people can be removed before it
    is sent.
    """
    return as_xlsx("Held about a person", HEADS, _lines(found_rows))


def _lines(found_rows: Iterable[PersonalData]) -> Iterator[tuple[str, ...]]:
    for one in found_rows:
        for column, value in one.values.items():
            yield (one.table.replace("_", " "), one.row, one.why, column.replace("_", " "), value[:32000])
