"""The search's SELECTs: what is found and how it could be narrowed, in one statement; then the rows of one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, REAL, Date, Float, Integer, Numeric, Row, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import schools_within
from alongside.authorities.registry import settings_of
from alongside.directory.model import LISTED
from alongside.directory.search import shelf
from alongside.directory.search.context import Bounds
from alongside.directory.search.facets import BAND, FACETS
from alongside.directory.search.learnt import can_read
from alongside.directory.search.question import WHOLE, Known, Question, Recipe, understand, words_in
from alongside.directory.search.spelling import likeliest

A_PAGE = 20

KNOWN = text("SELECT word, stop, known, alike FROM search.known(:words)").bindparams(
    bindparam("words", type_=ARRAY(Text))
)

ASKED = """
        SELECT entry_id AS id, score, groups_found FROM search.find(
            'inside', :urns, :today, :groups, :texts, :shares, :weights, :near, :likeness, :enough, :alike, :meaning)"""
EVERYTHING = f"""
        SELECT id, CAST(0 AS real) AS score, CAST('{{}}' AS integer[]) AS groups_found
          FROM directory_entry WHERE authority_id = :authority_id AND state IN {LISTED}"""  # noqa: S608  (our own)

ORDERS = {
    "best": "score DESC, listed_at DESC",
    "newest": "listed_at DESC",
    "evidence": "evidence_level DESC, score DESC",
    "mine": "like_mine DESC, score DESC",
}
"""What each order of the form means."""

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
                OR e.shown_to_all_from <= :today)
    ), kept AS MATERIALIZED (SELECT seen.*, {misses} AS misses FROM seen)
    (SELECT 'row' AS facet, NULL AS value, row_number() OVER (ORDER BY {order}, id) AS number, id, groups_found
       FROM kept WHERE misses = 0 ORDER BY number LIMIT {page} OFFSET :skipped)
    UNION ALL SELECT 'all', NULL, count(*), NULL, NULL FROM kept WHERE misses = 0
    UNION ALL SELECT 'any', NULL, count(*), NULL, NULL FROM kept
    {counts}
"""
MISSES = " | ".join(
    f"CASE WHEN CAST(:{one.name} AS text) IS NULL OR coalesce({one.holds}, false) THEN 0 ELSE {1 << at} END"
    for at, one in enumerate(FACETS)
)
"""For each entry, the bits of the facets that it does not pass."""

COUNTS = "\n    ".join(
    f"UNION ALL SELECT '{one.name}', CAST(value AS text), count(*), NULL, NULL"  # noqa: S608  (our own)
    f" FROM kept, {one.values} AS value WHERE misses | {1 << at} = {1 << at} GROUP BY 2"
    for at, one in enumerate(FACETS)
)
"""For each facet, how many entries each of its values has, of those that pass all other facets."""

TYPES: Mapping[str, Any] = {
    "authority_id": Integer(),
    "urns": ARRAY(Integer),
    "today": Date(),
    "my_phase": Text(),
    "my_kind": Text(),
    "fewest": Integer(),
    "most": Integer(),
    "least_fsm": Numeric(),
    "most_fsm": Numeric(),
    "skipped": Integer(),
    **{one.name: Text() for one in FACETS},
}
TYPES_OF_ASKING: Mapping[str, Any] = {
    "groups": ARRAY(Integer),
    "texts": ARRAY(Text),
    "shares": ARRAY(REAL),
    "weights": ARRAY(REAL),
    "near": ARRAY(Uuid),
    "likeness": ARRAY(REAL),
    "enough": Float(),
    "alike": Float(),
    "meaning": Float(),
}


def _statement(asked: bool, order: str) -> Any:
    written = STATEMENT.format(
        source=ASKED if asked else EVERYTHING,
        band=BAND,
        listed=LISTED,
        misses=MISSES,
        order=ORDERS[order],
        page=A_PAGE,
        counts=COUNTS,
    )
    types = {**TYPES, **TYPES_OF_ASKING} if asked else TYPES
    return text(written).bindparams(*(bindparam(name, type_=kind) for name, kind in types.items()))


STATEMENTS = {(asked, order): _statement(asked, order) for asked in (True, False) for order in ORDERS}

ROWS = text(
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
            OR e.shown_to_all_from <= :today)
    """  # noqa: S608  (states of our own)
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("urns", type_=ARRAY(Integer)),
    bindparam("today", type_=Date),
    *(bindparam(name, type_=Text) for name in ("marked", "whole", "parts")),
)
FROM, TO = "\ue000", "\ue001"
"""What stands around a found word until it is escaped: no keyboard has these."""

MARKS = {
    "whole": f"StartSel={FROM}, StopSel={TO}, HighlightAll=true",
    "parts": f"StartSel={FROM}, StopSel={TO}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter= … ",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the entries of one page with what of the question each holds, and the counts.

    `number` is how many pass all that narrows, `any_number` how many there are without that; `counts` maps a
    facet to its values' numbers. Every number is of what the asker may see.
    """

    question: Question
    entries: Sequence[Row[Any]] = ()
    held: Mapping[UUID, Sequence[int]] = field(default_factory=dict)
    number: int = 0
    any_number: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


async def understood(session: AsyncSession, person: Person, typed: str, recipe: Recipe = WHOLE) -> Question:
    """What somebody typed, as the directory understands it: jargon of the authority, words it knows, slips."""
    words = words_in(typed)
    rows = (await session.execute(KNOWN, {"words": list(words)})).all() if words else ()
    known = {row.word: Known(row.stop, row.known, likeliest(row.word, row.alike)) for row in rows}
    return understand(words, known, settings_of(person.authority_id).jargon.values(), recipe)


async def search(
    session: AsyncSession,
    person: Person,
    question: Question,
    *,
    narrowed: Mapping[str, str],
    sort: str = "best",
    page: int = 1,
    mine: Bounds,
    recipe: Recipe = WHOLE,
) -> Found:
    """What a question finds of what this person may see; everything, newest first, where nothing was asked."""
    values = reach_of_entries(person) | mine.values() | {"skipped": (page - 1) * A_PAGE}
    values |= {one.name: narrowed.get(one.name) for one in FACETS}
    if not question.empty:
        values |= await _asking(session, person, question, recipe)
    rows = (await session.execute(STATEMENTS[not question.empty, sort], values)).all()
    counts: dict[str, dict[str, int]] = {one.name: {} for one in FACETS}
    for row in rows:
        if row.facet in counts and row.value is not None:
            counts[row.facet][row.value] = row.number
    totals = {row.facet: row.number for row in rows if row.facet in ("all", "any")}
    ranked = sorted((row.number, row.id, row.groups_found) for row in rows if row.facet == "row")
    held = {entry_id: groups for _, entry_id, groups in ranked}
    entries = await _rows(session, person, list(held), question)
    return Found(question, entries, held, totals["all"], totals["any"], counts)


async def _asking(
    session: AsyncSession, person: Person, question: Question, recipe: Recipe
) -> dict[str, Any]:
    """What fills `search.find` for a question."""
    near: tuple[list[UUID], list[float]] = ([], [])
    if recipe.meaning and can_read() and question.sentence:
        from alongside.directory.search.near import nearest  # numpy and the model: not at every start

        near = await nearest(session, person.authority_id, question.sentence)
    weighed = [shelf.REST, shelf.DEED, shelf.MATTER, shelf.TITLE]
    return {
        "groups": [part.group for part in question.parts],
        "texts": [part.text for part in question.parts],
        "shares": [part.share for part in question.parts],
        "weights": weighed if recipe.weights else [shelf.EVEN] * len(weighed),
        "near": near[0],
        "likeness": near[1],
        "enough": shelf.ENOUGH,
        "alike": shelf.ALIKE,
        "meaning": shelf.MEANING,
    }


async def _rows(
    session: AsyncSession, person: Person, ids: Sequence[UUID], question: Question
) -> Sequence[Row[Any]]:
    """The rows of these entries in their order, with what was found marked."""
    if not ids:
        return ()
    marked = " | ".join(f"({part.text})" for part in question.parts)
    values = reach_of_entries(person) | MARKS | {"ids": list(ids), "marked": marked}
    rows = {row.id: row for row in (await session.execute(ROWS, values)).all()}
    return [rows[one] for one in ids if one in rows]


def reach_of_entries(person: Person) -> dict[str, Any]:
    """Whose entries a person may see: no schools named is all of them, for those who lead the authority."""
    schools = schools_within(person, Permission.SEE_ENTRY)
    return {
        "authority_id": person.authority_id,
        "today": person.today,
        "urns": None if schools is None else sorted(schools),
    }
