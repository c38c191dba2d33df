"""The directory health page, for people who verify entries."""

from alongside.features.authorities.settings import on_offer
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.insights.queries import FEWEST, SOON_DAYS, health_of
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/directory/insights", permission=Permission.VERIFY_ENTRY)
async def show_health(ctx: PageRequest) -> PageResult:
    """Show searches with no results, entries about to expire, and gaps between need and practice."""
    health = await health_of(ctx.session, ctx.person)
    by_theme = {row.theme: row for row in health["meeting"]}
    themes = [
        (key, one.label, getattr(by_theme.get(key), "needs", 0), getattr(by_theme.get(key), "entries", 0))
        for key, one in on_offer(settings_of(ctx.person.authority_id).themes).items()
    ]
    themes.sort(key=lambda one: (one[3] - one[2], one[1]))
    context = {**health, "themes": themes, "fewest": FEWEST, "soon_days": SOON_DAYS}
    return Page(TemplateVariables("directory/insights/show.html", context))


routes = [show_health]
