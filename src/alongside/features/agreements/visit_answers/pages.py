"""Actions on the second half of a visit's record: answer it, write the own half, agree, settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.agreements.queries import get_agreement
from alongside.features.agreements.resource import VISIT
from alongside.features.agreements.visit_answers import actions
from alongside.features.agreements.visit_answers.export import visits_as_csv
from alongside.features.agreements.visit_answers.forms import AnswerForm, HopesForm, SettlementForm
from alongside.features.agreements.visit_answers.wording import differences
from alongside.features.agreements.visits.queries import VisitRow, visits_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.formatting import format_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV


def _which(_: Principal, visit: VisitRow) -> str:
    return f"the visit of {format_date(visit.visit_on)}: {visit.focus}"


def _initial_answer(asked: ActionRequest[VisitRow]) -> Mapping[str, object]:
    return {"visit_on": asked.record.visit_on, "days": asked.record.days}


def _initial_hopes(asked: ActionRequest[VisitRow]) -> Mapping[str, object]:
    return {"hoped_for": asked.record.hoped_for, "took_away": asked.record.took_away}


@dataclass(frozen=True, kw_only=True)
class SettlementContext(FormContext):
    """The record and the answer side by side: label, record, answer."""

    sides: Sequence[tuple[str, str, str]]


def _sides(asked: FormRequest[VisitRow, SettlementForm]) -> SettlementContext:
    return SettlementContext(sides=differences(asked.record))


def _offer(asked: FormRequest[VisitRow, SettlementForm]) -> None:
    asked.form.offer(asked.record)


ANSWER = FormAction(
    name="answer_visit_record",
    intro="You answer each version of the record once.",
    resource=VISIT,
    slug="answer",
    permission=Permission.RECORD_VISIT,
    states=("recorded",),
    refusal=actions.cannot_answer,
    label="Answer this record",
    about=_which,
    title="Answer the record of a visit",
    submit="Send the answer",
    form=AnswerForm,
    initial=_initial_answer,
    template="agreements/answer.html",
    version=lambda visit: visit.version,
    said="Your answer is sent. It stands beside the record.",
    run=lambda asked: actions.answer_record(
        asked.session, asked.person, asked.record.id, asked.form.given(), asked.version
    ),
)
HOPES = FormAction(
    name="write_visit_hopes",
    resource=VISIT,
    slug="hopes",
    permission=Permission.WRITE_VISIT_HOPES,
    states=("planned", "recorded"),
    label=lambda _, visit: (
        "Change what you wrote about this visit"
        if visit.hoped_for or visit.took_away
        else "Write what you hope for or took from it"
    ),
    about=_which,
    title="Your school’s view of a visit",
    intro="Only your school writes this. The other school and the leads of both schools can read it.",
    submit="Save",
    form=HopesForm,
    initial=_initial_hopes,
    said="Saved.",
    run=lambda asked: actions.write_hopes(
        asked.session,
        asked.person,
        asked.record.id,
        asked.form.hoped_for.data,
        asked.form.took_away.data,
    ),
)
ACCEPT = ButtonAction(
    name="accept_visit_corrections",
    undo="record_visit",
    resource=VISIT,
    slug="answer/acceptance",
    permission=Permission.RECORD_VISIT,
    relevant=actions.may_accept,
    label=lambda _, visit: f"Agree to the date and days of {visit.answering_school}",
    about=_which,
    version=lambda visit: visit.version,
    said="Both schools agree now.",
    run=lambda asked: actions.accept_corrections(asked.session, asked.person, asked.record.id, asked.version),
)
SETTLE = FormAction(
    name="settle_visit_record",
    resource=VISIT,
    slug="settlement",
    permission=Permission.SETTLE_VISIT,
    relevant=lambda _, visit: visit.is_disputed,
    refusal=lambda _, visit: (
        None if visit.is_disputed else "The schools do not differ about this record any more."
    ),
    label="Settle this record",
    about=_which,
    title="Settle the record of a visit",
    intro="Talk to both schools first. Your decision is final, and both schools read the reason.",
    submit="Settle it",
    form=SettlementForm,
    choices=_offer,
    template="agreements/settlement.html",
    context=_sides,
    version=lambda visit: visit.version,
    said="The record is settled. Both schools have been told.",
    run=lambda asked: actions.settle_record(
        asked.session,
        asked.person,
        asked.record.id,
        asked.form.decision.data,
        asked.form.reason.data,
        asked.version,
    ),
)


@endpoint.get("/agreements/{agreement_id:uuid}/visits.csv", permission=Permission.VIEW_AGREEMENT)
async def download_visits(ctx: PageRequest, agreement_id: UUID) -> PageResult:
    """Download the visits of an agreement as CSV, each with the other school's answer."""
    row = await get_agreement(ctx.session, ctx.person, Permission.VIEW_AGREEMENT, agreement_id)
    visits = await visits_of(ctx.session, ctx.person.authority_id, row.id)
    return Download(visits_as_csv(visits, ctx.person.today), "visits.csv", CSV)


ON_A_VISIT = (ANSWER, HOPES, ACCEPT, SETTLE)
routes = [*routes_of(ON_A_VISIT), download_visits]
