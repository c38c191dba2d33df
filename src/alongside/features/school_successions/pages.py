"""Administrators' pages for school successions: list, detail and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.features.school_successions import actions, queries
from alongside.features.school_successions.forms import SuccessorForm
from alongside.features.school_successions.models import KINDS, STATES
from alongside.features.school_successions.queries import Succession
from alongside.features.schools.choices import SchoolName
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

DECIDE = Permission.DECIDE_SUCCESSION
LAST_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class SuccessionList(PageContext):
    """One page of successions; `previous` and `following` are the addresses of the other pages."""

    template = "succession/list.html"

    rows: Sequence[Succession]
    previous: str | None
    following: str | None
    KINDS: Mapping[str, str] = field(default_factory=lambda: KINDS)
    STATES: Mapping[str, str] = field(default_factory=lambda: STATES)


@dataclass(frozen=True, kw_only=True)
class SuccessorContext(FormContext):
    """The school that is chosen but not confirmed yet, and the schools that the register names."""

    chosen: SchoolName | None
    candidates: Sequence[SchoolName]
    KINDS: Mapping[str, str] = field(default_factory=lambda: KINDS)
    STATES: Mapping[str, str] = field(default_factory=lambda: STATES)


@endpoint.get("/successions", permission=DECIDE)
async def list_successions(ctx: PageRequest) -> PageResult:
    """List successions: open decisions first, then moved and ended ones."""
    number = ctx.query.one("page")
    at = min(int(number), LAST_PAGE) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1
    at = max(at, 1)
    rows, more = await queries.successions_of(ctx.session, ctx.person.authority_id, at)
    return Page(
        SuccessionList(
            rows=rows,
            previous=f"/successions?page={at - 1}" if at > 1 else None,
            following=f"/successions?page={at + 1}" if more else None,
        )
    )


async def get_succession(
    session: AsyncSession, person: Principal, _: Permission, succession_id: UUID
) -> Succession:
    """One succession of the authority. Raises NotFound."""
    return await queries.succession_with(session, person.authority_id, succession_id)


@endpoint.get("/successions/{succession_id:uuid}", permission=DECIDE)
async def show_succession(ctx: PageRequest, succession_id: UUID) -> PageResult:
    """Show one succession and its decision; with a URN, ask to confirm that school as the successor."""
    row = await get_succession(ctx.session, ctx.person, DECIDE, succession_id)
    return await CARRY_OVER.new_form_page(ctx, row)


async def _initial(asked: ActionRequest[Succession]) -> dict[str, object]:
    """The school that the query string names, or the only candidate."""
    if "urn" in asked.data:
        return {"urn": asked.data.one("urn")}
    candidates = await _candidates(asked)
    return {"urn": str(candidates[0].urn) if len(candidates) == 1 else ""}


async def _candidates(asked: ActionRequest[Succession]) -> list[SchoolName]:
    return await queries.open_schools(asked.session, asked.person.authority_id, asked.record.candidates)


def _is_confirmed(asked: FormRequest[Succession, SuccessorForm]) -> bool:
    """Whether the confirming page named this school."""
    return bool(asked.form.confirmed.data == str(asked.form.number()))


async def _context(asked: FormRequest[Succession, SuccessorForm]) -> SuccessorContext:
    chosen, form = None, asked.form
    if "urn" in asked.data and not _is_confirmed(asked):
        number = form.number()
        found = await queries.open_schools(
            asked.session, asked.person.authority_id, [number] if number else []
        )
        chosen = next((one for one in found if one.urn != asked.record.old_urn), None)
        if chosen is None:
            form.urn.errors = ["Enter the URN of an open school of this authority"]
    return SuccessorContext(chosen=chosen, candidates=await _candidates(asked))


SUCCESSION: Resource[Succession] = Resource(
    name="row",
    path="/successions/{succession_id:uuid}",
    load=get_succession,
    url=lambda row: f"/successions/{row.id}",
    page=lambda _: "/successions",
)
CARRY_OVER: FormAction[Succession, SuccessorForm] = FormAction(
    name="carry_over",
    intro="You cannot undo this. The partner schools are told.",
    resource=SUCCESSION,
    slug="successor",
    form_slug=None,
    permission=DECIDE,
    form=SuccessorForm,
    initial=_initial,
    valid=_is_confirmed,
    template="succession/show.html",
    context=_context,
    said="The school’s people, posts and agreements were carried over.",
    run=lambda asked: actions.decide_carry_over(
        asked.session, asked.person, asked.record.id, asked.form.number()
    ),
)
END_SCHOOL = FormAction(
    name="end_school",
    resource=SUCCESSION,
    slug="end",
    permission=DECIDE,
    title="No school takes over",
    intro="Roles and memberships end today, needs are withdrawn and offers end. You cannot undo this. Records stay.",
    submit="End roles, membership and posts",
    warning=True,
    form=Form,
    said="The school’s posts, roles and memberships have ended.",
    run=lambda asked: actions.decide_to_end(asked.session, asked.person, asked.record.id),
)
routes = [list_successions, show_succession, *routes_of((CARRY_OVER, END_SCHOOL))]
