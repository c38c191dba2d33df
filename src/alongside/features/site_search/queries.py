"""Runs the search sources of all features as one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all
from alongside.platform.feature import installed_features
from alongside.platform.search_sources import SearchSource

FIRST_HITS = 5
"""Hits of each kind on the page of all kinds."""

PAGE_LENGTH = 25
"""Hits on a page of one kind."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found: its kind, title, one line about it, and its page."""

    source: str
    title: str
    detail: str | None
    path: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one kind, and whether there are more."""

    source: SearchSource
    found: Sequence[Hit]
    more: bool


@cache
def all_sources() -> tuple[SearchSource, ...]:
    """Return the search sources of all features, in the order of the features."""
    return tuple(
        source
        for feature in installed_features()
        for source in feature.load(feature.search_sources, SearchSource)
    )


def sources_of(person: Principal) -> list[SearchSource]:
    """Return the kinds of record that this person may search."""
    return [source for source in all_sources() if has_permission(person, source.permission)]


async def search_everything(
    session: AsyncSession, person: Principal, words: str, sources: Sequence[SearchSource], page: int = 1
) -> list[Hits]:
    """Return the hits in each of these sources: the first few of each, or with one source a page of 25."""
    if not sources:
        return []
    most = PAGE_LENGTH if len(sources) == 1 else FIRST_HITS
    for source in sources:
        if source.before is not None:
            await source.before(session, person)
    arms = [
        select(
            literal_column(f"'{source.name}'").label("source"), found.c.title, found.c.detail, found.c.path
        )
        for source in sources
        for found in (
            source.statement(person).limit(most + 1).offset((page - 1) * most).subquery(source.name),
        )
    ]
    values = {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "today": person.today,
        "words": words,
    }
    rows = await select_all(session, union_all(*arms), Hit, values)
    found = {source.name: [row for row in rows if row.source == source.name] for source in sources}
    return [
        Hits(source, found[source.name][:most], len(found[source.name]) > most)
        for source in sources
        if found[source.name]
    ]
