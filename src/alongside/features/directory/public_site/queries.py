"""SELECTs for public entries, if the authority allows a public directory."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, GenerativeSelect, Text, Uuid, any_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.directory.public_site.models import PublicEntry
from alongside.platform.database.reads import Read, fetch_all, fetch_one

A_PAGE = 25
Selected = TypeVar("Selected", bound=GenerativeSelect)


class PublicText(msgspec.Struct, frozen=True):
    """A public entry: its verified text, without personal data. `school` is empty for a resource of no school."""

    id: UUID
    school_urn: int | None
    school: str
    edition: int
    kind: str
    title: str
    themes: list[str]
    phases: list[str]
    key_stages: list[str]
    problem: str
    context: str
    what_we_did: str
    evidence: str
    what_to_avoid: str
    what_you_need: str
    who_to_ask: str
    cost_pence: int | None
    staff_hours: Decimal | None
    staff_time: str
    term: str | None
    source_name: str
    source_url: str
    licence: str
    attribution: str
    evidence_level: int
    reviewed_on: date
    review_due_on: date
    listed_at: datetime


PUBLIC = select(*(getattr(PublicEntry, one) for one in PublicText.__struct_fields__)).where(
    PublicEntry.authority_id == bindparam("authority_id")
)
OF_THEME = PUBLIC.where(bindparam("theme", type_=Text) == any_(PublicEntry.themes))
IDS = bindparam("ids", type_=ARRAY(Uuid))


def newest_first(statement: Selected, most: int) -> Selected:
    """The newest entries after those `skipped`, `most` and one more."""
    return (
        statement.order_by(PublicEntry.listed_at.desc(), PublicEntry.id.desc())
        .limit(literal_column(str(most + 1)))
        .offset(bindparam("skipped"))
    )


def _as_found(statement: Selected) -> Selected:
    return (
        statement.order_by(func.array_position(IDS, PublicEntry.id))
        .limit(literal_column(str(A_PAGE + 1)))
        .offset(bindparam("skipped"))
    )


NEWEST, NEWEST_OF_THEME = (Read(newest_first(one, A_PAGE), PublicText) for one in (PUBLIC, OF_THEME))
FOUND, FOUND_OF_THEME = (
    Read(_as_found(one.where(PublicEntry.id == any_(IDS))), PublicText) for one in (PUBLIC, OF_THEME)
)
ONE_PUBLIC = Read(PUBLIC.where(PublicEntry.id == bindparam("entry_id")), PublicText)


def is_open(authority_id: int) -> bool:
    """Whether this authority has a public directory; the setting can change at any time."""
    return settings_of(authority_id).directory.widest == "public"


async def public_entries(
    session: AsyncSession,
    authority_id: int,
    *,
    theme: str = "",
    page: int = 1,
    ids: Sequence[UUID] | None = None,
) -> tuple[list[PublicText], bool]:
    """A page of public entries, newest first, or of these `ids` in their order; and whether more follow.

    Raises NotFound when the authority has no public directory.
    """
    if not is_open(authority_id):
        raise NotFound
    values: dict[str, object] = {"authority_id": authority_id, "skipped": (page - 1) * A_PAGE}
    if ids is not None:
        values["ids"] = list(ids)
    if theme:
        values["theme"] = theme
        read = NEWEST_OF_THEME if ids is None else FOUND_OF_THEME
    else:
        read = NEWEST if ids is None else FOUND
    found = await fetch_all(session, read, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def public_entry(session: AsyncSession, authority_id: int, entry_id: UUID) -> PublicText:
    """One public entry. Raises NotFound."""
    values = {"authority_id": authority_id, "entry_id": entry_id}
    if not is_open(authority_id):
        raise NotFound
    found = await fetch_one(session, ONE_PUBLIC, values)
    if found is None:
        raise NotFound
    return found
