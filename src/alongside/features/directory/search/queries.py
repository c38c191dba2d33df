"""SELECTs of the search: one statement for the matches and facet counts, then the rows of one page."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.search import index_schema
from alongside.features.directory.search.embeddings import can_read
from alongside.features.directory.search.facets import FACETS
from alongside.features.directory.search.nearest import Near, Stamp, nearest, stamp_of
from alongside.features.directory.search.query_parser import (
    ALL_OPTIONS,
    SearchOptions,
    SearchQuery,
    Vocabulary,
    parse_query,
    words_in,
)
from alongside.features.directory.search.similar_schools import NO_SCHOOL, Bounds
from alongside.features.directory.search.spelling import likeliest
from alongside.features.directory.search.statements import (
    KNOWN,
    MARKS,
    PUBLIC_FOUND,
    ROWS,
    STATEMENTS,
    FoundEntry,
)
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import fetch_all

A_PAGE = 20


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """The filters, order and page of a search; `mine` defines a school similar to the person's own.

    `near` are the entries close in meaning, if the model was asked before the transaction (`embeddings_for`).
    """

    narrowed: Mapping[str, str] = field(default_factory=dict)
    sort: str = "best"
    page: int = 1
    rows: int = A_PAGE
    mine: Bounds = NO_SCHOOL
    recipe: SearchOptions = ALL_OPTIONS
    near: Near | None = None


EVERY = SearchFilters()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """The result of a search: the entries of one page, the groups of terms that each holds, and the counts.

    `number` counts the results with the filters, `any_number` without them; `counts` maps a facet to the counts of its
    values. All numbers count only entries that the person may see.
    """

    question: SearchQuery
    entries: Sequence[FoundEntry] = ()
    matched_groups: Mapping[UUID, Sequence[int]] = field(default_factory=dict)
    number: int = 0
    any_number: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


async def parsed_query(
    session: AsyncSession, person: Principal, typed: str, recipe: SearchOptions = ALL_OPTIONS
) -> SearchQuery:
    """Parse a search with the authority's jargon and the words that this person may see, correcting misspelt words."""
    scope = {name: value for name, value in scope_of_entries(person).items() if name in ("urns", "today")}
    return await _parse(session, person, typed, recipe, scope | {"shelf": index_schema.INSIDE})


async def _parse(
    session: AsyncSession, person: Principal, typed: str, recipe: SearchOptions, scope: Mapping[str, object]
) -> SearchQuery:
    words = words_in(typed)
    rows = await fetch_all(session, KNOWN, {**scope, "words": list(words)}) if words else ()
    known = {row.word: Vocabulary(row.stop, row.known, likeliest(row.word, row.alike)) for row in rows}
    return parse_query(words, known, settings_of(person.authority_id).jargon.values(), recipe)


async def search(
    session: AsyncSession, person: Principal, question: SearchQuery, wanted: SearchFilters = EVERY
) -> SearchHit:
    """Run a search over the entries that this person may see; all of them, newest first, for an empty search."""
    found = await find_matches(session, person, question, wanted)
    return replace(found, entries=await _rows(session, person, list(found.matched_groups), question))


async def find_matches(
    session: AsyncSession, person: Principal, question: SearchQuery, wanted: SearchFilters
) -> SearchHit:
    """Run the same search without reading the entries of the page."""
    values = scope_of_entries(person) | wanted.mine.values()
    values |= {"rows": wanted.rows, "skipped": (wanted.page - 1) * wanted.rows}
    values |= {one.name: wanted.narrowed.get(one.name) for one in FACETS}
    if not question.empty:
        values |= await _search_parameters(session, person, question, wanted)
    rows = await fetch_all(session, STATEMENTS[not question.empty, wanted.sort], values)
    counts: dict[str, dict[str, int]] = {one.name: {} for one in FACETS}
    for row in rows:
        if row.facet in counts and row.value is not None:
            counts[row.facet][row.value] = row.number
    totals = {row.facet: row.number for row in rows if row.facet in ("all", "any")}
    ranked = sorted((row for row in rows if row.facet == "row"), key=lambda row: row.number)
    matched_groups = {row.id: row.groups_found or [] for row in ranked if row.id is not None}
    return SearchHit(question, (), matched_groups, totals["all"], totals["any"], counts)


async def public_search(session: AsyncSession, person: Principal, typed: str) -> Sequence[UUID] | None:
    """The ids of public entries found, best first, 200 at most; None if the search has no words.

    Uses words of public entries only. It does not use embeddings, to spare the CPU for people who are signed in.
    """
    recipe = replace(ALL_OPTIONS, meaning=False)
    scope = {"shelf": index_schema.PUBLIC, "urns": None, "today": person.today}
    question = await _parse(session, person, typed, recipe, scope)
    if question.empty:
        return None
    values = await _search_parameters(session, person, question, SearchFilters(recipe=recipe))
    return await fetch_all(session, PUBLIC_FOUND, values)


async def embeddings_for(
    session: AsyncSession, person: Principal, question: SearchQuery, recipe: SearchOptions = ALL_OPTIONS
) -> Stamp | None:
    """Return which embeddings a search compares, or None for a search by words alone."""
    if not (recipe.meaning and can_read() and question.sentence):
        return None
    stamp = await stamp_of(session, person.authority_id)
    return stamp if stamp.number else None


async def _near(
    session: AsyncSession, person: Principal, question: SearchQuery, wanted: SearchFilters
) -> Near:
    if wanted.near is not None:
        return wanted.near
    stamp = await embeddings_for(session, person, question, wanted.recipe)
    if stamp is None:
        return [], []
    return await nearest(lambda: nullcontext(session), person.authority_id, stamp, question.sentence)


async def _search_parameters(
    session: AsyncSession, person: Principal, question: SearchQuery, wanted: SearchFilters
) -> dict[str, object]:
    """The parameters of `search.find` for a search."""
    near, recipe = await _near(session, person, question, wanted), wanted.recipe
    weighed = [index_schema.REST, index_schema.DEED, index_schema.MATTER, index_schema.TITLE]
    return {
        "groups": [part.group for part in question.parts],
        "texts": [part.text for part in question.parts],
        "shares": [part.share for part in question.parts],
        "weights": weighed if recipe.weights else [index_schema.EVEN] * len(weighed),
        "near": near[0],
        "likeness": near[1],
        "enough": index_schema.ENOUGH,
        "alike": index_schema.ALIKE,
        "meaning": index_schema.MEANING,
    }


async def _rows(
    session: AsyncSession, person: Principal, ids: Sequence[UUID], question: SearchQuery
) -> Sequence[FoundEntry]:
    """The rows of these entries in their order, with search terms marked."""
    if not ids:
        return ()
    marked = " | ".join(f"({part.text})" for part in question.parts)
    values = scope_of_entries(person) | MARKS | {"ids": list(ids), "marked": marked}
    rows = {row.id: row for row in await fetch_all(session, ROWS, values)}
    return [rows[one] for one in ids if one in rows]


def scope_of_entries(person: Principal) -> dict[str, object]:
    """The parameters that limit entries to the person's scope: `urns` is None for the whole authority."""
    schools = schools_within(person, Permission.VIEW_ENTRY)
    return {
        "authority_id": person.authority_id,
        "today": person.today,
        "urns": None if schools is None else sorted(schools),
    }
