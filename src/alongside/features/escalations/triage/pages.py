"""Actions of triage: decision, plan, owner and merging."""

from collections.abc import Mapping
from uuid import UUID

from wtforms import Form

from alongside.features.authorities import settings_of
from alongside.features.consortia.queries import consortium_names
from alongside.features.escalations import models
from alongside.features.escalations.matching_requests.queries import REQUESTS
from alongside.features.escalations.participants import officers
from alongside.features.escalations.queries import of_person, others_of_school
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.triage.forms import DecisionForm, MergerForm, OwnerForm, Plan, PlanForm
from alongside.features.funding.queries import funds_left
from alongside.platform.access.permissions import Permission
from alongside.platform.database.reads import fetch_all
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Redirect

HANDLE = Permission.MANAGE_ESCALATION
DECIDED = (
    "outcome",
    "decision",
    "provider",
    "provider_pence",
    "fund",
    "named_support",
    "referred_on",
    "referral_reference",
)


def _typed(form: Form, name: str) -> Mapping[str, tuple[str, str]]:
    return {name: (str(form[name].label.text), form[name].data or "")}


async def _decided(asked: ActionRequest[EscalationRow]) -> Mapping[str, object]:
    """Return the current decision; if a school that matching found was chosen, that school as the provider."""
    row, found = asked.record, asked.data.one("found")
    values = of_person(asked.person, escalation_id=row.id)
    requests = await fetch_all(asked.session, REQUESTS, values) if found else ()
    partner = next((one.partner for one in requests if str(one.id) == found), None)
    return {
        **{name: getattr(row, name) for name in DECIDED},
        "handling_consortium_id": str(row.handling_consortium_id or ""),
        "hours": row.hours or None,
        **({"outcome": "procured", "provider": partner} if partner else {}),
    }


async def _offer_decisions(asked: FormRequest[EscalationRow, DecisionForm]) -> None:
    row, person = asked.record, asked.person
    others = [
        one
        for one in await consortium_names(asked.session, person.authority_id)
        if one.id != row.consortium_id
    ]
    funds = await funds_left(asked.session, person)
    asked.form.offer(settings_of(person.authority_id), others, person.today, funds, maintained=row.maintained)


async def _decide(asked: FormRequest[EscalationRow, DecisionForm]) -> Redirect:
    form = asked.form
    decided = form.columns()
    await actions.decide_escalation(*subject(asked), decided, asked.version, _typed(form, "decision"))
    said = "The decision is saved. The consortium has it in writing."
    for one in await funds_left(asked.session, asked.person):
        if one.fund == decided["fund"]:
            said = f"{said} {one.after(0)}."
    return Redirect(ESCALATION.page_of(asked.record), said)


async def _offer_officers(asked: FormRequest[EscalationRow, OwnerForm]) -> None:
    people = await officers(asked.session, asked.person)
    asked.form.owner_id.choices = [(str(one.id), one.name) for one in people]


async def _offer_others(asked: FormRequest[EscalationRow, MergerForm]) -> None:
    others = await others_of_school(asked.session, asked.person, asked.record)
    asked.form.into.choices = [
        (str(one.id), f"Raised by {one.consortium} on {format_date(one.raised_at)}") for one in others
    ]


def _proposed_plan(asked: ActionRequest[EscalationRow]) -> Mapping[str, object]:
    """Return the current plan; the first criterion is the one that the consortium proposed."""
    row = asked.record
    proposed = row.return_when if len(row.return_when) <= 400 else ""
    return {"plan": row.plan, "hours": row.hours, "criteria": [proposed]}


async def _agree_plan(asked: FormRequest[EscalationRow, PlanForm]) -> None:
    form = asked.form
    plan = Plan(plan=form.plan.data, hours=form.hours.data)
    await actions.agree_plan(*subject(asked), plan, form.wanted(), asked.version, _typed(form, "plan"))


async def _merge(asked: FormRequest[EscalationRow, MergerForm]) -> Redirect:
    into = UUID(asked.form.into.data)
    await actions.merge_escalation(*subject(asked), into, asked.form.note.data, asked.version)
    return Redirect(f"/escalations/{into}", "The two escalations are merged.")


DECIDE = FormAction(
    name="decide_escalation",
    undo="decide_escalation",
    resource=ESCALATION,
    slug="decision",
    permission=HANDLE,
    states=(*models.TRIAGE.starts, *models.DECIDE_AGAIN.starts),
    label=lambda _, row: "Change the decision" if row.outcome else "Decide what happens next",
    submit="Save and send to the consortium",
    form=DecisionForm,
    initial=_decided,
    choices=_offer_decisions,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    version=lambda row: row.version,
    template="escalations/decision.html",
    run=_decide,
)
AGREE_PLAN = FormAction(
    name="agree_plan",
    intro="The consortium and the school follow this plan. The consortium is told at once, and reviews become due.",
    resource=ESCALATION,
    slug="plan",
    permission=HANDLE,
    states=models.AGREE_PLAN.starts,
    label="Agree the plan",
    form=PlanForm,
    initial=_proposed_plan,
    version=lambda row: row.version,
    template="escalations/plan.html",
    said="The plan is agreed. The consortium has been told.",
    run=_agree_plan,
)
ASSIGN = FormAction(
    name="assign_escalation",
    resource=ESCALATION,
    slug="owner",
    permission=Permission.ASSIGN_ESCALATION,
    states=models.OPEN_STATES,
    label=lambda _, row: "Assign to someone else" if row.owner_id else "Assign to someone",
    title="Assign this escalation",
    intro="The new owner is told.",
    submit="Assign this escalation",
    form=OwnerForm,
    initial=lambda asked: {"owner_id": str(asked.record.owner_id or "")},
    choices=_offer_officers,
    version=lambda row: row.version,
    said="The escalation is assigned. The new owner has been told.",
    run=lambda asked: actions.assign_escalation(
        *subject(asked), UUID(asked.form.owner_id.data), asked.version
    ),
)
MERGE = FormAction(
    name="merge_escalation",
    resource=ESCALATION,
    slug="merger",
    permission=HANDLE,
    states=models.MERGE.starts,
    relevant=lambda _, row: row.other_open,
    label="Merge into another",
    title="Merge this escalation into another",
    intro="Both are about the same school. This one closes and the other stays open. The consortium is told.",
    submit="Merge the escalations",
    form=MergerForm,
    choices=_offer_others,
    version=lambda row: row.version,
    run=_merge,
)
routes = routes_of((DECIDE, AGREE_PLAN, ASSIGN, MERGE))
