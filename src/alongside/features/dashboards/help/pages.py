"""The help page: what a person in this role does, in which order, and who to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from alongside.features.authorities.settings import AuthoritySettings, Contact
from alongside.features.authorities.settings_cache import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import (
    BOARD_ROLES,
    CONSORTIUM_ROLES,
    GOVERNING_ROLES,
    SCHOOL_ROLES,
    Role,
)
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class HelpPage(PageContext):
    """The help for one kind of role, and the contacts of the authority."""

    template: ClassVar[str] = "dashboards/help/show.html"

    kind: str
    is_head: bool
    settings: AuthoritySettings
    contacts: Mapping[str, Contact]


@endpoint.get("/help", permission=Permission.VIEW_OWN_HOME)
async def show_help(ctx: PageRequest) -> PageResult:
    """Show the help for the role in which the person acts."""
    settings = settings_of(ctx.person.authority_id)
    context = HelpPage(
        kind=kind_of(ctx.person.role),
        is_head=ctx.person.role is Role.HEADTEACHER,
        settings=settings,
        contacts=settings.contacts,
    )
    return Page(context)


def kind_of(role: Role) -> str:
    """Return the kind of help for a role: school, governors, board, consortium, administrator or core team."""
    if role in SCHOOL_ROLES:
        return "school"
    if role in GOVERNING_ROLES:
        return "governors"
    if role in BOARD_ROLES:
        return "board"
    if role in CONSORTIUM_ROLES:
        return "consortium"
    return "administrator" if role is Role.AUTHORITY_ADMINISTRATOR else "core_team"


routes = [show_help]
