"""The SQL of the search, built once from the facets: matches and counts, and the rows of a page."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, REAL, Date, Float, Integer, Numeric, Text, Uuid, bindparam, text

from alongside.features.directory.models import LISTED
from alongside.features.directory.search.facets import BAND, FACETS
from alongside.platform.database.reads import Read


class KnownWord(msgspec.Struct, frozen=True):
    """A typed word: whether it is a stop word, whether an entry has it, and similar words that entries have."""

    word: str
    stop: bool
    known: bool
    alike: list[str]


class Match(msgspec.Struct, frozen=True):
    """A match of a search with its place (facet "row"), or a number of matches: of a facet's value, of "all" or "any".

    "all" counts the matches with the filters, "any" those without.
    """

    facet: str
    value: str | None
    number: int
    id: UUID | None
    groups_found: list[int] | None


class FoundEntry(msgspec.Struct, frozen=True):
    """An entry in search results with its school; `title_marked` and `marked` have marks around search terms."""

    id: UUID
    title: str
    problem: str
    kind: str
    state: str
    themes: list[str]
    phases: list[str]
    evidence_level: int
    reviewed_on: date | None
    cost_pence: int | None
    school_urn: int | None
    source_name: str
    uses_yes: int
    school: str | None
    school_phase: str | None
    school_kind: str | None
    pupils: int | None
    percentage_fsm: Decimal | None
    title_marked: str | None
    marked: str | None


KNOWN = Read(
    text("SELECT word, stop, known, alike FROM search.known(:shelf, :urns, :today, :words)").bindparams(
        bindparam("shelf", type_=Text),
        bindparam("urns", type_=ARRAY(Integer)),
        bindparam("today", type_=Date),
        bindparam("words", type_=ARRAY(Text)),
    ),
    KnownWord,
)

MATCHES = """
        SELECT entry_id AS id, score, groups_found FROM search.find(
            'inside', :urns, :today, :groups, :texts, :shares, :weights, :near, :likeness, :enough, :alike, :meaning)"""
EVERYTHING = f"""
        SELECT id, CAST(0 AS real) AS score, CAST('{{}}' AS integer[]) AS groups_found
          FROM directory_entry WHERE authority_id = :authority_id AND state IN {LISTED}"""  # noqa: S608  (constants)

ORDERS = {
    "best": "score DESC, listed_at DESC NULLS LAST",
    "newest": "listed_at DESC NULLS LAST",
    "evidence": "evidence_level DESC, score DESC",
    "mine": "like_mine DESC, score DESC",
}
"""The SQL of each sort order."""

STATEMENT = """
    WITH found AS MATERIALIZED ({source}
    ), seen AS MATERIALIZED (
        SELECT e.id, found.score, found.groups_found, e.listed_at, e.kind, e.themes, e.phases, e.key_stages,
               e.evidence_level, split_part(e.term, '_', 2) AS season, {band} AS band,
               coalesce(s.phase = :my_phase AND s.kind = :my_kind AND s.pupils BETWEEN :fewest AND :most
                        AND s.percentage_fsm BETWEEN :least_fsm AND :most_fsm, false) AS like_mine
          FROM found
          JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = found.id
          LEFT JOIN school s ON s.authority_id = :authority_id AND s.urn = e.school_urn
         WHERE e.state IN {listed}
           AND (CAST(:urns AS integer[]) IS NULL OR e.school_urn = ANY (:urns) OR e.partner_urn = ANY (:urns)
                OR e.visible_to_authority_from <= :today)
    ), kept AS MATERIALIZED (SELECT seen.*, {misses} AS misses FROM seen)
    (SELECT 'row' AS facet, NULL AS value, row_number() OVER (ORDER BY {order}, id) AS number, id, groups_found
       FROM kept WHERE misses = 0 ORDER BY number LIMIT :rows OFFSET :skipped)
    UNION ALL SELECT 'all', NULL, count(*), NULL, NULL FROM kept WHERE misses = 0
    UNION ALL SELECT 'any', NULL, count(*), NULL, NULL FROM kept
    {counts}
"""
MISSES = " | ".join(
    f"CASE WHEN CAST(:{one.name} AS text) IS NULL OR coalesce({one.holds}, false) THEN 0 ELSE {1 << at} END"
    for at, one in enumerate(FACETS)
)
"""SQL for the bits of the facets that an entry does not pass."""

COUNTS = "\n    ".join(
    f"UNION ALL SELECT '{one.name}', CAST(value AS text), count(*), NULL, NULL"  # noqa: S608  (constants)
    f" FROM kept, {one.values} AS value WHERE misses | {1 << at} = {1 << at} GROUP BY 2"
    for at, one in enumerate(FACETS)
)
"""SQL that counts, for each facet, the entries per value among those that pass all other facets."""

VALUES = (
    bindparam("authority_id", type_=Integer),
    bindparam("urns", type_=ARRAY(Integer)),
    bindparam("today", type_=Date),
    bindparam("my_phase", type_=Text),
    bindparam("my_kind", type_=Text),
    bindparam("fewest", type_=Integer),
    bindparam("most", type_=Integer),
    bindparam("least_fsm", type_=Numeric),
    bindparam("most_fsm", type_=Numeric),
    bindparam("rows", type_=Integer),
    bindparam("skipped", type_=Integer),
)
VALUES_OF_QUESTION = (
    bindparam("groups", type_=ARRAY(Integer)),
    bindparam("texts", type_=ARRAY(Text)),
    bindparam("shares", type_=ARRAY(REAL)),
    bindparam("weights", type_=ARRAY(REAL)),
    bindparam("near", type_=ARRAY(Uuid)),
    bindparam("likeness", type_=ARRAY(REAL)),
    bindparam("enough", type_=Float),
    bindparam("alike", type_=Float),
    bindparam("meaning", type_=Float),
)


def _statement(asked: bool, order: str) -> Read[Match]:
    written = STATEMENT.format(
        source=MATCHES if asked else EVERYTHING,
        band=BAND,
        listed=LISTED,
        misses=MISSES,
        order=ORDERS[order],
        counts=COUNTS,
    )
    statement = text(written).bindparams(*VALUES, *(bindparam(one.name, type_=Text) for one in FACETS))
    return Read(statement.bindparams(*VALUES_OF_QUESTION) if asked else statement, Match)


STATEMENTS = {(asked, order): _statement(asked, order) for asked in (True, False) for order in ORDERS}


def _only_id(found: UUID) -> UUID:
    return found


PUBLIC_FOUND = Read(
    text(
        """
    SELECT entry_id FROM search.find('public', NULL, CURRENT_DATE, :groups, :texts, :shares, :weights, :near, :likeness,
        :enough, :alike, :meaning) ORDER BY score DESC, entry_id LIMIT 200
    """
    ).bindparams(*VALUES_OF_QUESTION),
    _only_id,
)

ROWS = Read(
    text(
        f"""
    SELECT e.id, e.title, e.problem, e.kind, e.state, e.themes, e.phases, e.evidence_level, e.reviewed_on,
           e.cost_pence, e.school_urn, e.source_name, e.uses_yes,
           s.name AS school, s.phase AS school_phase, s.kind AS school_kind, s.pupils, s.percentage_fsm,
           CASE WHEN :marked <> '' THEN ts_headline('search.english', e.title,
               to_tsquery('search.english', :marked), :whole) END AS title_marked,
           CASE WHEN :marked <> '' THEN ts_headline('search.english', concat_ws(E'\\n', e.problem, e.what_we_did,
               e.evidence, e.what_you_need, e.what_to_avoid), to_tsquery('search.english', :marked), :parts)
           END AS marked
      FROM directory_entry e
      LEFT JOIN school s ON s.authority_id = :authority_id AND s.urn = e.school_urn
     WHERE e.authority_id = :authority_id AND e.id = ANY (:ids) AND e.state IN {LISTED}
       AND (CAST(:urns AS integer[]) IS NULL OR e.school_urn = ANY (:urns) OR e.partner_urn = ANY (:urns)
            OR e.visible_to_authority_from <= :today)
    """  # noqa: S608  (constant states)
    ).bindparams(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("urns", type_=ARRAY(Integer)),
        bindparam("today", type_=Date),
        *(bindparam(name, type_=Text) for name in ("marked", "whole", "parts")),
    ),
    FoundEntry,
)
FROM, TO = "\ue000", "\ue001"
"""Markers around a search term until the text is escaped: private-use characters that no keyboard types."""

MARKS = {
    "whole": f"StartSel={FROM}, StopSel={TO}, HighlightAll=true",
    "parts": f"StartSel={FROM}, StopSel={TO}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter= … ",
}
