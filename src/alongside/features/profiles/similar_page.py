"""The page on which a school finds similar schools that can help with one measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.profiles.queries import ProfileRow, get_profile, outputs_of, school_names
from alongside.features.profiles.similar_help import SchoolThatHelps, schools_that_help
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import SCHOOL_ROLES
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class SimilarSchoolsPage(PageContext):
    """The similar schools of a profile beside one measure; `theme` names the theme of its entries."""

    template = "profiles/similar.html"

    profile: ProfileRow
    measure: str
    measures: Sequence[tuple[str, str]]
    theme: str
    schools: Sequence[SchoolThatHelps]
    names: Mapping[int, str]
    asks: bool


@endpoint.get("/profiles/{profile_id:uuid}/similar", permission=Permission.VIEW_PROFILE)
async def show_similar_schools(ctx: PageRequest, profile_id: UUID) -> PageResult:
    """Show which similar schools do better on a measure, have a verified entry on it, or have days free."""
    profile = await get_profile(ctx.session, ctx.person, Permission.VIEW_PROFILE, profile_id)
    outputs, _ = await outputs_of(ctx.session, ctx.person, profile)
    settings = settings_of(ctx.person.authority_id)
    catalogue = measures_of(settings)
    keys = [one.measure for one in outputs.measures]
    asked = ctx.query.one("measure")
    measure = asked if asked in keys else next(iter([*outputs.concerns, *keys]), "")
    theme = catalogue[measure].theme if measure in catalogue else ""
    theme = theme if theme in settings.themes else ""
    schools = await schools_that_help(ctx.session, ctx.person, outputs.similar, measure, theme)
    context = SimilarSchoolsPage(
        profile=profile,
        measure=measure,
        measures=[(key, catalogue[key].label if key in catalogue else key) for key in keys],
        theme=settings.themes[theme].label if theme else "",
        schools=schools,
        names=await school_names(ctx.session, ctx.person, [one.urn for one in schools]),
        asks=ctx.person.role in SCHOOL_ROLES,
    )
    return Page(context)


routes = [show_similar_schools]
