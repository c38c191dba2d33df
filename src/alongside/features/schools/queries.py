"""Queries for the register: search, one school with its history, and the data for an import."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, cast
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.gias_links import Link
from alongside.features.schools.models import School, SchoolLink
from alongside.features.schools.record import SchoolFields, SchoolRecord
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import Read, fetch_all, fetch_one

PAGE_SIZE = 25
"""Schools on one page: the literal LIMIT of FOUND."""

OF_AUTHORITY = School.authority_id == bindparam("authority_id")
NAMES = SchoolRecord.__struct_fields__


class FoundSchool(msgspec.Struct, frozen=True):
    """A school in a list; `total` is the number of all schools found."""

    urn: int
    la_code: int | None
    establishment_number: int | None
    name: str
    phase: str
    status: str
    town: str | None
    postcode: str | None
    pupils: int | None
    total: int


class RelatedSchool(msgspec.Struct, frozen=True):
    """A predecessor or successor; `ours` if it is in the register of this authority."""

    kind: str
    other_urn: int
    link_type: str
    established_on: date | None
    ours: bool
    name: str | None


class RegisterChange(msgspec.Struct, frozen=True):
    """A change of a school by an import (`history.RegisterChange`)."""

    applied_at: datetime
    as_at: date | None
    kind: str
    other_urn: int | None
    field: str | None
    old: str | None
    new: str | None


class AppliedRegister(msgspec.Struct, frozen=True):
    """An import of the register: the file, its content's SHA-256, its date, and when it was applied."""

    id: UUID
    file_name: str
    sha256: str
    as_at: date | None
    applied_at: datetime


class SchoolAndLink(NamedTuple):
    """A link of the school with this URN."""

    urn: int
    link: Link


def _fields(*values: object) -> SchoolFields:
    return cast(
        SchoolFields, dict(zip(NAMES, values, strict=True))
    )  # the statement selects them in this order


def _link(
    urn: int, other_urn: int, link_type: str, other_name: str | None, established_on: date | None
) -> SchoolAndLink:
    return SchoolAndLink(urn, Link(other_urn, link_type, other_name, established_on))


SCHOOLS = select(*(getattr(School, name) for name in NAMES)).where(OF_AUTHORITY)
KNOWN = Read(SCHOOLS, _fields)
KNOWN_LINKS = Read(
    select(
        SchoolLink.urn,
        SchoolLink.other_urn,
        SchoolLink.link_type,
        SchoolLink.other_name,
        SchoolLink.established_on,
    ).where(SchoolLink.authority_id == bindparam("authority_id")),
    _link,
)
LAST_IMPORT = Read(
    text(
        """
    SELECT id, file_name, sha256, as_at, applied_at FROM register_import
     WHERE authority_id = :authority_id ORDER BY id DESC LIMIT 1
    """
    ),
    AppliedRegister,
)

FOUND = Read(
    text(
        """
    SELECT urn, la_code, establishment_number, name, phase, status, town, postcode, pupils,
           count(*) OVER () AS total
      FROM school
     WHERE authority_id = :authority_id
       AND (:phase = '' OR phase = :phase)
       AND (:status = 'any' OR status = :status
            OR (:status = 'at_work' AND status IN ('open', 'closing') AND gone_since IS NULL))
       AND (:words = ''
            OR folded_matches(folded_name, (SELECT folded(:words)))
            OR urn::text = btrim(:words)
            OR (:words ~ '^\\s*[0-9]{3}\\s*[/ -]?\\s*[0-9]{4}\\s*$' AND regexp_replace(:words, '[^0-9]', '', 'g')
                = la_code::text || lpad(establishment_number::text, 4, '0'))
            OR strpos(replace(coalesce(postcode, ''), ' ', ''), upper(replace(:words, ' ', ''))) = 1
            OR folded(coalesce(town, '')) = nullif(folded(:words), ''))
     ORDER BY name, urn
     LIMIT 25 OFFSET :skipped
    """
    ),
    FoundSchool,
)

ONE = Read(SCHOOLS.where(School.urn == bindparam("urn")), SchoolRecord)

RELATED = Read(
    text(
        """
    SELECT link.kind, link.other_urn, link.link_type, link.established_on, other.urn IS NOT NULL AS ours,
           coalesce(other.name, link.other_name) AS name
      FROM (SELECT l.kind, l.other_urn, l.link_type, l.other_name, l.established_on
              FROM school_link l
             WHERE l.authority_id = :authority_id AND l.urn = :urn
            UNION
            SELECT CASE l.kind WHEN 'predecessor' THEN 'successor' WHEN 'successor' THEN 'predecessor'
                               ELSE 'other' END, l.urn, l.link_type, NULL, l.established_on
              FROM school_link l
             WHERE l.authority_id = :authority_id AND l.other_urn = :urn
               AND NOT EXISTS (SELECT FROM school_link o
                                WHERE o.authority_id = :authority_id AND o.urn = :urn AND o.other_urn = l.urn)
           ) link
      LEFT JOIN school other ON other.authority_id = :authority_id AND other.urn = link.other_urn
     ORDER BY link.kind, link.other_urn
     LIMIT 50
    """
    ),
    RelatedSchool,
)

HISTORY = Read(
    text(
        """
    SELECT i.applied_at, i.as_at, c.kind, c.other_urn, c.field, c.old, c.new
      FROM register_change c
      JOIN register_import i ON i.authority_id = c.authority_id AND i.id = c.import_id
     WHERE c.authority_id = :authority_id AND c.urn = :urn
     ORDER BY c.id DESC
     LIMIT 100
    """
    ),
    RegisterChange,
)


async def find_schools(
    session: AsyncSession, authority_id: int, words: str, phase: str, status: str, page: int
) -> list[FoundSchool]:
    """One page of schools by name; `total` in each row is the number of all matches.

    `words` are part of a name, a URN, a town or the beginning of a postcode; `status` is a status, `any`, or
    `at_work` for those open and listed.
    """
    values = {
        "authority_id": authority_id,
        "words": words,
        "phase": phase,
        "status": status,
        "skipped": (page - 1) * PAGE_SIZE,
    }
    return await fetch_all(session, FOUND, values)


async def school_with(session: AsyncSession, authority_id: int, urn: int) -> SchoolRecord:
    """One school with all its fields. Raises NotFound."""
    found = await fetch_one(session, ONE, {"authority_id": authority_id, "urn": urn})
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class SchoolWithHistory:
    """A school with its relatives, the changes by imports (newest first, at most 100) and the register in force."""

    school: SchoolRecord
    related: list[RelatedSchool]
    history: list[RegisterChange]
    register: AppliedRegister | None


PAGE_OF_SCHOOL = CombinedRead(ONE, RELATED, HISTORY, LAST_IMPORT)


async def page_of_school(session: AsyncSession, authority_id: int, urn: int) -> SchoolWithHistory:
    """One school with what its page says of the register, in one statement. Raises NotFound."""
    found = await fetch_one(session, PAGE_OF_SCHOOL, {"authority_id": authority_id, "urn": urn})
    assert found is not None
    if not (schools := found.of(ONE)):
        raise NotFound
    register = next(iter(found.of(LAST_IMPORT)), None)
    return SchoolWithHistory(schools[0], found.of(RELATED), found.of(HISTORY), register)


async def last_import(session: AsyncSession, authority_id: int) -> AppliedRegister | None:
    """The register in force; None before the first import."""
    return await fetch_one(session, LAST_IMPORT, {"authority_id": authority_id})


async def known_schools(session: AsyncSession, authority_id: int) -> dict[int, SchoolFields]:
    """Every school of the authority, closed ones too: URN → fields."""
    found = await fetch_all(session, KNOWN, {"authority_id": authority_id})
    return {row["urn"]: row for row in found}


async def known_links(session: AsyncSession, authority_id: int) -> dict[int, list[Link]]:
    """Every link of the authority's schools, by URN."""
    links: dict[int, list[Link]] = {}
    for row in await fetch_all(session, KNOWN_LINKS, {"authority_id": authority_id}):
        links.setdefault(row.urn, []).append(row.link)
    return links
