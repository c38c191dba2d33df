"""Pages of tries: say what you will try, the list of your school, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from alongside.errors import ValidationFailed
from alongside.features.agreements.resource import VISIT
from alongside.features.agreements.visits.queries import VisitRow
from alongside.features.directory.entry import Entry
from alongside.features.directory.models import LISTED
from alongside.features.directory.resource import ENTRY
from alongside.features.tries import actions
from alongside.features.tries.forms import OutcomeForm, TryForm
from alongside.features.tries.queries import get_try, tries_of_school
from alongside.features.tries.rows import TryRow
from alongside.features.visit_requests.request import RequestedVisit
from alongside.features.visit_requests.resource import VISIT_REQUEST
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionButton, Resource, buttons_for, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

INTRO = "Write one line. Only your school reads it. A term later we ask once how it went."
THANKS = "Saved. Your home page lists it, and a term from now we ask how it went."
TRY: Resource[TryRow] = Resource(
    name="practice_try",
    path="/tries/{try_id:uuid}",
    load=get_try,
    url=lambda row: f"/tries/{row.id}",
    page=lambda _: "/tries",
    caption="What we will try",
)


@dataclass(frozen=True, kw_only=True)
class TryList(PageContext):
    """One page of the tries of a school."""

    template: ClassVar[str] = "tries/list.html"

    tries: Sequence[TryRow]
    number: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class OutcomeContext(FormContext):
    """The button that withdraws the try."""

    buttons: Sequence[ActionButton]


def _context(asked: FormRequest[TryRow, OutcomeForm]) -> OutcomeContext:
    return OutcomeContext(buttons=buttons_for(asked.person, asked.record, (WITHDRAW,)))


async def _answer(asked: FormRequest[TryRow, OutcomeForm]) -> None:
    outcome = asked.data.one("act")
    if outcome not in actions.MOVES:
        raise ValidationFailed({"": ["Select how it went: did it, did not, or changed it."]})
    await actions.answer_try(asked.session, asked.person, asked.record.id, outcome, asked.form.line.data)


def _own_entry(person: Principal, entry: Entry) -> str | None:
    return (
        "This is your own school’s entry."
        if person.school_urn in (entry.school_urn, entry.partner_urn)
        else None
    )


def _over(_: Principal, row: TryRow) -> str | None:
    return None if row.state == "intended" else "You have said already how it went."


FROM_ENTRY: FormAction[Entry, TryForm] = FormAction(
    name="try_entry",
    creates=True,
    resource=ENTRY,
    slug="tries",
    form_slug="tries/new",
    permission=Permission.ADOPT_ENTRY,
    states=LISTED,
    refusal=_own_entry,
    title="What will you try?",
    intro=INTRO,
    submit="Save",
    form=TryForm,
    said=THANKS,
    run=lambda asked: actions.try_entry(asked.session, asked.person, asked.record.id, asked.form.line.data),
)
FROM_VISIT: FormAction[VisitRow, TryForm] = FormAction(
    name="try_after_visit",
    creates=True,
    resource=VISIT,
    slug="tries",
    form_slug="tries/new",
    permission=Permission.RECORD_VISIT,
    states=("recorded",),
    title="What will you try?",
    intro=INTRO,
    submit="Save",
    form=TryForm,
    said=THANKS,
    run=lambda asked: actions.try_after_visit(
        asked.session, asked.person, asked.record.id, asked.form.line.data
    ),
)
FROM_VISIT_REQUEST: FormAction[RequestedVisit, TryForm] = FormAction(
    name="try_after_visiting",
    creates=True,
    resource=VISIT_REQUEST,
    slug="tries",
    form_slug="tries/new",
    permission=Permission.CONCLUDE_VISIT,
    states=("took_place",),
    title="What will you try?",
    intro=INTRO,
    submit="Save",
    form=TryForm,
    said=THANKS,
    run=lambda asked: actions.try_after_visiting(
        asked.session, asked.person, asked.record.id, asked.form.line.data
    ),
)
OUTCOME: FormAction[TryRow, OutcomeForm] = FormAction(
    name="answer_try",
    resource=TRY,
    slug="outcome",
    permission=Permission.CHANGE_TRY,
    refusal=_over,
    title="How did it go?",
    intro="You answer once. Your answer is counted with the entry, without the name of your school.",
    form=OutcomeForm,
    template="tries/outcome.html",
    context=_context,
    said="Thank you. It is saved.",
    run=_answer,
)
WITHDRAW: ButtonAction[TryRow] = ButtonAction(
    name="withdraw_try",
    undo="try_entry",
    resource=TRY,
    slug="withdrawal",
    permission=Permission.CHANGE_TRY,
    states=("intended",),
    label="Withdraw this",
    said="It is withdrawn, and nobody counts it.",
    run=lambda asked: actions.withdraw_try(asked.session, asked.person, asked.record.id),
)


@endpoint.get("/tries", permission=Permission.CHANGE_TRY)
async def list_tries(ctx: PageRequest) -> PageResult:
    """List what the person's school will try or has tried."""
    number = number_of_page(ctx.query.one("page"))
    rows, more = await tries_of_school(ctx.session, ctx.person, number)
    return Page(TryList(tries=rows, number=number, more=more))


routes = [list_tries, *routes_of((FROM_ENTRY, FROM_VISIT, FROM_VISIT_REQUEST, OUTCOME, WITHDRAW))]
