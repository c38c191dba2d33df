"""The search page: search box, filters and results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

import structlog
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import SelectField

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.insights.actions import record_zero_result_search
from alongside.features.directory.search.facets import FACETS, choices_of
from alongside.features.directory.search.forms import ADDRESS, SearchForm, address_of, search_form
from alongside.features.directory.search.highlighting import corrections, marked, reason
from alongside.features.directory.search.meaning import with_meaning
from alongside.features.directory.search.nearest import Near
from alongside.features.directory.search.queries import (
    A_PAGE,
    SearchFilters,
    SearchHit,
    parsed_query,
    search,
)
from alongside.features.directory.search.query_parser import SearchQuery
from alongside.features.directory.search.similar_schools import (
    NO_SCHOOL,
    Bounds,
    bounds_of,
    similarity_label,
)
from alongside.features.directory.search.statements import FoundEntry
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

NEAREST = 3
"""Entries shown when nothing was found: the newest that pass the filters."""

log = structlog.get_logger("alongside.features.directory")

EXPORTS = ("CSV", "XLSX", "JSONL")


class FacetChoices(NamedTuple):
    """A filter of the search, and its choices with their labels."""

    field: SelectField
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class SearchPage(PageContext):
    """A search and its results; `found` is None for a search that is not valid.

    `nearest` is shown where nothing was found, `reason` says why an entry was found, `likeness` compares its school
    with the person's own.
    """

    template = "directory/search/show.html"
    fragment = "directory/search/_found.html"

    form: SearchForm
    without_filters: str
    facets: Sequence[FacetChoices]
    labels: EntryLabels
    marked: Callable[[str], Markup] = marked
    found: SearchHit | None = None
    nearest: Sequence[FoundEntry] = ()
    reason: Callable[[FoundEntry], str] = lambda _: ""
    likeness: Callable[[FoundEntry], str | None] = lambda _: None
    corrections: Sequence[tuple[str, str]] = ()
    need_href: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)
    keep_href: str = ""
    previous_page: str | None = None
    next_page: str | None = None


@endpoint.get("/directory", permission=Permission.VIEW_ENTRY)
async def show_directory(ctx: PageRequest) -> PageResult:
    """Show search results among the entries that this person may see; all of them without a search."""
    form = search_form(ctx.query, choices_of(settings_of(ctx.person.authority_id)))
    without_filters = ADDRESS + (f"?{urlencode({'q': form.typed})}" if form.typed else "")
    blank = SearchPage(
        form=form,
        without_filters=without_filters,
        facets=_facets(form, None, NO_SCHOOL),
        labels=labels_for(ctx.person),
    )
    if not form.validate():
        return Page(blank, status=422)
    question = await parsed_query(ctx.session, ctx.person, form.typed)
    return await with_meaning(
        ctx, question, lambda session, near: _results(ctx, session, blank, question, near)
    )


async def _results(
    ctx: PageRequest, session: AsyncSession, blank: SearchPage, question: SearchQuery, near: Near
) -> PageResult:
    """Search, and return the page of the results."""
    form = blank.form
    mine = await bounds_of(session, ctx.person)
    wanted = SearchFilters(form.narrowed, form.sort.data, form.number, mine=mine, near=near)
    found = await search(session, ctx.person, question, wanted)
    nearest = found
    if not found.any_number and not question.empty:
        everything = await parsed_query(session, ctx.person, "")
        nearest = await search(session, ctx.person, everything, SearchFilters(form.narrowed, mine=mine))
    shown = Page(
        replace(
            blank,
            found=found,
            nearest=nearest.entries[:NEAREST],
            facets=_facets(form, found, mine),
            reason=partial(reason, found),
            likeness=partial(similarity_label, mine),
            corrections=corrections(found),
            need_href=_need_href(form),
            exports={kind: address_of(form, f"{ADDRESS}/found.{kind.lower()}") for kind in EXPORTS},
            keep_href=address_of(form, f"{ADDRESS}/subscriptions/new"),
            previous_page=address_of(form, page=form.number - 1) if form.number > 1 else None,
            next_page=address_of(form, page=form.number + 1) if form.number * A_PAGE < found.number else None,
        )
    )
    if question.empty or form.narrowed or any(found.matched_groups.values()):
        return shown
    return ContinueAfterCommit(
        partial(_record_no_results, ctx.request, ctx.person, " ".join(question.names.values()), shown),
        in_turn=True,
    )


async def _record_no_results(request: HttpRequest, person: Principal, words: str, shown: Page) -> PageResult:
    """Record a search without results in a separate transaction, because the search itself is read-only."""
    try:
        app_context = request.app.state.app_context
        async with app_context.database.transaction(person.authority_id) as session:
            await record_zero_result_search(session, person, words, app_context.secret)
    except DATABASE_ERRORS as problem:
        log.warning("a missed search was not counted", error=type(problem).__name__)
    return shown


def _facets(form: SearchForm, found: SearchHit | None, mine: Bounds) -> list[FacetChoices]:
    """The filters, each choice with its number of results. Choices without results are left out unless selected."""
    lists = []
    for one in FACETS:
        select = form[one.name]
        assert isinstance(select, SelectField)
        counts = found.counts[one.name] if found else {}
        if one.name == "mine" and not mine.known:
            continue
        choices = [
            (value, f"{label} ({counts[value]})" if value in counts else label)
            for value, label in form.offered[one.name]
            if not value or value in counts or value == select.data or found is None
        ]
        lists.append(FacetChoices(select, choices))
    return lists


def _need_href(form: SearchForm) -> str:
    """The URL of a new support need that is pre-filled with the search."""
    known = {"title": form.typed[:120], "theme": form.theme.data}
    return "/needs/new?" + urlencode({name: value for name, value in known.items() if value})


routes = [show_directory]
