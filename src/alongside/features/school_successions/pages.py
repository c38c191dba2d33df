"""Administrators' pages for school successions: list, detail and decisions."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.school_successions import actions, queries
from alongside.features.school_successions.forms import SuccessorForm
from alongside.features.school_successions.models import KINDS, STATES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint

DECIDE = Permission.DECIDE_SUCCESSION
LAST_PAGE = 1000


@endpoint.get("/successions", permission=DECIDE)
async def list_successions(ctx: PageRequest) -> PageResult:
    """List successions: open decisions first, then moved and ended ones."""
    number = ctx.query.one("page")
    at = min(int(number), LAST_PAGE) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1
    at = max(at, 1)
    rows, more = await queries.successions_of(ctx.session, ctx.person.authority_id, at)
    context = {
        "rows": rows,
        "previous": f"/successions?page={at - 1}" if at > 1 else None,
        "following": f"/successions?page={at + 1}" if more else None,
        "KINDS": KINDS,
        "STATES": STATES,
    }
    return Page(TemplateVariables("succession/list.html", context))


@endpoint.get("/successions/{succession_id:uuid}", permission=DECIDE)
async def show_succession(ctx: PageRequest, succession_id: UUID) -> PageResult:
    """Show one succession and its decision; with a URN, ask to confirm that school as the successor."""
    question = ctx.query
    if "urn" not in question:
        return await _page(ctx.session, ctx.person, succession_id, None)
    form = SuccessorForm(data={"urn": question.one("urn")})
    return await _page(ctx.session, ctx.person, succession_id, form, check=True)


@endpoint.post("/successions/{succession_id:uuid}/successor", permission=DECIDE)
async def carry_over(ctx: PageRequest, succession_id: UUID) -> PageResult:
    """Move the closed school's data to the chosen successor; ask first unless the confirming page named this school."""
    form = SuccessorForm(await ctx.submitted())
    if form.confirmed.data != str(form.number()):
        return await _page(ctx.session, ctx.person, succession_id, form, 422, check=True)
    try:
        await actions.decide_carry_over(ctx.session, ctx.person, succession_id, form.number())
    except ValidationFailed as problem:
        form.urn.errors = list(problem.mistakes["urn"])
        return await _page(ctx.session, ctx.person, succession_id, form, 422)
    return Redirect("/successions", "The school’s people, posts and agreements were carried over.")


@endpoint.post("/successions/{succession_id:uuid}/end", permission=DECIDE)
async def end_school(ctx: PageRequest, succession_id: UUID) -> PageResult:
    """End the closed school's posts, memberships, roles and invitations."""
    await actions.decide_to_end(ctx.session, ctx.person, succession_id)
    return Redirect("/successions", "The school’s posts, roles and memberships have ended.")


async def _page(
    session: AsyncSession,
    person: Principal,
    succession_id: UUID,
    form: SuccessorForm | None,
    status: int = 200,
    *,
    check: bool = False,
) -> PageResult:
    row = await queries.succession_with(session, person.authority_id, succession_id)
    candidates = await queries.open_schools(session, person.authority_id, row.candidates)
    if form is None:
        known = str(candidates[0].urn) if len(candidates) == 1 else ""
        form = SuccessorForm(data={"urn": known})
    chosen = None
    if check:
        number = form.number()
        found = await queries.open_schools(session, person.authority_id, [number] if number else [])
        chosen = next((one for one in found if one.urn != row.old_urn), None)
        if chosen is None:
            form.urn.errors, status = ["Enter the URN of an open school of this authority"], 422
    context = {
        "row": row,
        "chosen": chosen,
        "candidates": candidates,
        "form": form,
        "KINDS": KINDS,
        "STATES": STATES,
    }
    return Page(TemplateVariables("succession/show.html", context), status)


routes = [list_successions, show_succession, carry_over, end_school]
