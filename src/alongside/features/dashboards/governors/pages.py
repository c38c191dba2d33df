"""The home page of chairs of governors, and of officers of trusts and dioceses: what to read and sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ARRAY, Integer, bindparam, text

from alongside.features.dashboards.work_items import work_items_of_governors
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ORGANISATION_ROLES
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.notifications.queries import NotificationRow, latest_notifications
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.work_items import WorkItem

A_PAGE = 25
PAGE = "/governors"


@dataclass(frozen=True, slots=True)
class GovernedSchool:
    """A school of the reader, with the facts that the register gives."""

    urn: int
    name: str
    phase: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class GovernorsHome(PageContext):
    """One page of what must be read and signed, the reader's schools, and what is new.

    `first_steps` is true until the reader hides them. `total` counts what waits, `number` is that of the page.
    """

    template: ClassVar[str] = "dashboards/governors/show.html"

    waiting: Sequence[WorkItem]
    total: int
    number: int
    more: bool
    schools: Sequence[GovernedSchool]
    of_organisation: bool
    first_steps: bool
    notices: Sequence[NotificationRow]


SCHOOLS = Read(
    text(
        "SELECT urn, name, phase, kind FROM school WHERE authority_id = :authority_id AND urn = ANY (:urns)"
        " ORDER BY name, urn LIMIT 100"
    ).bindparams(bindparam("urns", type_=ARRAY(Integer))),
    GovernedSchool,
)
STEPS_DONE = Read(
    text(
        "SELECT first_steps_done <> '{}' FROM person WHERE authority_id = :authority_id AND id = :person_id"
    ),
    bool,
)


@endpoint.get(PAGE, permission=Permission.VIEW_GOVERNORS_HOME)
async def show_governors_home(ctx: PageRequest) -> PageResult:
    """Show what waits for a chair or an officer, the soonest first, and their schools."""
    person, number = ctx.person, number_of_page(ctx.query.one("page"))
    waiting = await work_items_of_governors(ctx.session, person)
    urns = {"authority_id": person.authority_id, "urns": sorted(person.own_schools)}
    done = await fetch_one(
        ctx.session, STEPS_DONE, {"authority_id": person.authority_id, "person_id": person.id}
    )
    return Page(
        GovernorsHome(
            waiting=waiting[(number - 1) * A_PAGE : number * A_PAGE],
            total=len(waiting),
            number=number,
            more=len(waiting) > number * A_PAGE,
            schools=await fetch_all(ctx.session, SCHOOLS, urns),
            of_organisation=person.role in ORGANISATION_ROLES,
            first_steps=not done,
            notices=await latest_notifications(ctx.session, person, 5),
        )
    )


routes = [show_governors_home]
