"""The confirmation page before a plan is sent, and the sending."""

from uuid import UUID

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.matching.models import CURRENT
from alongside.features.matching.plans.labels import to_send
from alongside.features.matching.plans.pages import words
from alongside.features.matching.plans.queries import assignments_of, get_run
from alongside.features.matching.proposals import actions
from alongside.features.matching.proposals.terms import terms_for
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.web.formatting import format_count
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/plans/{run_id:uuid}/send", permission=Permission.MAKE_PLAN)
async def ask_before_sending(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Show the proposals that would be sent, with days and dates; each can be deselected."""
    run = await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    if run.state not in CURRENT:
        raise ActionRefused("Only the plan that stands can be sent. Open the plans to find it.", run.state)
    assignments = [
        one for one in await assignments_of(ctx.session, ctx.person.authority_id, run.id) if to_send(one)
    ]
    urns = {one.requesting_urn for one in assignments}
    calendars = await calendars_of_schools(ctx.session, ctx.person.authority_id, urns)
    rows = [
        {"place": one, "terms": terms_for(calendars[one.requesting_urn], one, ctx.person.today, "")}
        for one in assignments
    ]
    return Page(
        TemplateVariables("matching/proposals/confirm.html", {"run": run, "rows": rows, **words(ctx.person)})
    )


@endpoint.post("/plans/{run_id:uuid}/send", permission=Permission.MAKE_PLAN)
async def send_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Propose the selected pairs."""
    ticked = (await ctx.submitted()).getlist("need")
    try:
        needs = [UUID(str(one)) for one in ticked]
    except ValueError:
        raise ValidationFailed({"need": ["Choose pairs from the list."]}) from None
    await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    if not needs:
        raise ValidationFailed({"need": ["Leave at least one pair ticked, or go back to the plan."]})
    sent = await actions.send_plan(ctx.session, ctx.person, run_id, needs)
    return Redirect(f"/plans/{run_id}", said_of(sent))


def said_of(sent: actions.SendResult) -> str:
    """The result of sending, in one or two sentences."""
    if not sent.proposed and not sent.skipped:
        return "All of it was sent already."
    parts = [f"{format_count(sent.proposed, 'pair')} proposed: both schools of each have been told."]
    if sent.skipped:
        parts.append(f"{format_count(sent.skipped, 'pair')} could not be; the plan says why.")
    return " ".join(parts)


routes = [ask_before_sending, send_plan]
