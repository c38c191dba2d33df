"""Queries for the register: search, one school with its history, and the data for an import."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.gias_links import Link
from alongside.features.schools.models import School, SchoolLink
from alongside.features.schools.record import SchoolRecord
from alongside.platform.database.reads import Read, fetch_one

PAGE_SIZE = 25
"""Schools on one page: the literal LIMIT of FOUND."""

OF_AUTHORITY = School.authority_id == bindparam("authority_id")
KNOWN = select(*School.__table__.columns).where(OF_AUTHORITY)
KNOWN_LINKS = select(
    SchoolLink.urn,
    SchoolLink.other_urn,
    SchoolLink.link_type,
    SchoolLink.other_name,
    SchoolLink.established_on,
).where(SchoolLink.authority_id == bindparam("authority_id"))
LAST_IMPORT = text(
    """
    SELECT id, file_name, sha256, as_at, applied_at FROM register_import
     WHERE authority_id = :authority_id ORDER BY id DESC LIMIT 1
    """
)

FOUND = text(
    """
    SELECT urn, la_code, establishment_number, name, phase, kind, status, type, trust, town, postcode, pupils,
           percentage_fsm, census_on, count(*) OVER () AS total
      FROM school
     WHERE authority_id = :authority_id
       AND (:phase = '' OR phase = :phase)
       AND (:status = 'any' OR status = :status
            OR (:status = 'at_work' AND status IN ('open', 'closing') AND gone_since IS NULL))
       AND (:words = ''
            OR name_matches(name, :words)
            OR urn::text = btrim(:words)
            OR (:words ~ '^\\s*[0-9]{3}\\s*[/ -]?\\s*[0-9]{4}\\s*$' AND regexp_replace(:words, '[^0-9]', '', 'g')
                = la_code::text || lpad(establishment_number::text, 4, '0'))
            OR strpos(replace(coalesce(postcode, ''), ' ', ''), upper(replace(:words, ' ', ''))) = 1
            OR folded(coalesce(town, '')) = nullif(folded(:words), ''))
     ORDER BY name, urn
     LIMIT 25 OFFSET :skipped
    """
)

ONE = Read(
    select(*(getattr(School, name) for name in SchoolRecord.__struct_fields__)).where(
        OF_AUTHORITY, School.urn == bindparam("urn")
    ),
    SchoolRecord,
)

RELATED = text(
    """
    SELECT link.kind, link.other_urn, link.link_type, link.established_on, other.urn IS NOT NULL AS ours,
           coalesce(other.name, link.other_name) AS name, other.status
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
)

HISTORY = text(
    """
    SELECT i.applied_at, i.as_at, c.kind, c.other_urn, c.field, c.old, c.new
      FROM register_change c
      JOIN register_import i ON i.authority_id = c.authority_id AND i.id = c.import_id
     WHERE c.authority_id = :authority_id AND c.urn = :urn
     ORDER BY c.id DESC
     LIMIT 100
    """
)


async def find_schools(
    session: AsyncSession, authority_id: int, words: str, phase: str, status: str, page: int
) -> Sequence[Row[Any]]:
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
    return (await session.execute(FOUND, values)).all()


async def school_with(session: AsyncSession, authority_id: int, urn: int) -> SchoolRecord:
    """One school with all its fields. Raises NotFound."""
    found = await fetch_one(session, ONE, {"authority_id": authority_id, "urn": urn})
    if found is None:
        raise NotFound
    return found


async def related_schools(session: AsyncSession, authority_id: int, urn: int) -> Sequence[Row[Any]]:
    """The predecessors and successors of a school, whichever side has the link."""
    return (await session.execute(RELATED, {"authority_id": authority_id, "urn": urn})).all()


async def history_of(session: AsyncSession, authority_id: int, urn: int) -> Sequence[Row[Any]]:
    """The changes of a school by imports, newest first, at most 100."""
    return (await session.execute(HISTORY, {"authority_id": authority_id, "urn": urn})).all()


async def last_import(session: AsyncSession, authority_id: int) -> Row[Any] | None:
    """The register in force; None before the first import."""
    return (await session.execute(LAST_IMPORT, {"authority_id": authority_id})).one_or_none()


async def known_schools(session: AsyncSession, authority_id: int) -> dict[int, Mapping[str, Any]]:
    """Every school of the authority, closed ones too: URN → fields."""
    found = await session.execute(KNOWN, {"authority_id": authority_id})
    return {row["urn"]: dict(row) for row in found.mappings()}


async def known_links(session: AsyncSession, authority_id: int) -> dict[int, list[Link]]:
    """Every link of the authority's schools, by URN."""
    links: dict[int, list[Link]] = {}
    for row in await session.execute(KNOWN_LINKS, {"authority_id": authority_id}):
        links.setdefault(row.urn, []).append(
            Link(row.other_urn, row.link_type, row.other_name, row.established_on)
        )
    return links
