"""The page of a school's expertise, and whether it can help now."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.errors import NotFound
from alongside.features.directory.availability import Available, available_from
from alongside.features.directory.entry import Entry
from alongside.features.directory.school_expertise import entries_of_school
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.features.schools.models import LARGEST_URN
from alongside.features.schools.queries import school_with
from alongside.features.schools.record import SchoolRecord
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class SchoolExpertise(PageContext):
    """A school's entries, its themes with the strongest evidence of each, and what it offers."""

    template = "directory/school.html"

    school: SchoolRecord
    entries: Sequence[Entry]
    known_for: Sequence[tuple[str, int]]
    available: Sequence[Available]
    own: bool
    labels: EntryLabels


@endpoint.get("/directory/schools/{urn:int}", permission=Permission.VIEW_SCHOOLS)
async def show_known_for(ctx: PageRequest, urn: int) -> PageResult:
    """Show a school's themes, each with its strongest evidence, from entries that the person may see."""
    if not 0 < urn <= LARGEST_URN:
        raise NotFound
    school = await school_with(ctx.session, ctx.person.authority_id, urn)
    entries = await entries_of_school(ctx.session, ctx.person, urn)
    strongest: dict[str, int] = {}
    for entry in entries:
        for theme in entry.themes:
            strongest[theme] = max(strongest.get(theme, 0), entry.evidence_level)
    return Page(
        SchoolExpertise(
            school=school,
            entries=entries,
            known_for=sorted(strongest.items(), key=lambda one: (-one[1], one[0])),
            available=await available_from(ctx.session, ctx.person, urn),
            own=ctx.person.school_urn == urn,
            labels=labels_for(ctx.person),
        )
    )


routes = [show_known_for]
