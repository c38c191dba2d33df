"""Actions that raise an escalation and tell the headteacher later."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, Contact
from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.raising import actions, queries
from alongside.features.escalations.raising.forms import RaiseForm, TellForm
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.features.schools.term_dates.hard_news import message_goes_out, sentence
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

RAISE_ESCALATION = Permission.RAISE_ESCALATION
REASON_TO_SEND = reason_form(
    "Reason", "Enter why the message cannot wait", "The core team and the consortium read this"
)


async def _offer_choices(asked: FormRequest[None, RaiseForm]) -> None:
    session, person, form = asked.session, asked.person, asked.form
    urn = urn_of(str(form.school_urn.data or ""))
    if urn is None:
        raise NotFound
    school = await queries.school_to_raise_for(session, person, urn)
    form.offer_choices(settings_of(person.authority_id), school)


def _is_valid(asked: FormRequest[None, RaiseForm]) -> bool:
    settings = settings_of(asked.person.authority_id)
    return asked.form.to_safeguarding(settings) or asked.form.is_valid(settings)


@dataclass(frozen=True, kw_only=True)
class RaiseContext(FormContext):
    """The authority's words, and whom to contact when a child may be at risk."""

    settings: AuthoritySettings
    safeguarding: Contact | None


def _context(asked: FormRequest[None, RaiseForm]) -> RaiseContext:
    settings = settings_of(asked.person.authority_id)
    return RaiseContext(settings=settings, safeguarding=settings.contacts.get("safeguarding"))


async def _raise(asked: FormRequest[None, RaiseForm]) -> PageResult:
    """Raise an escalation. A safeguarding matter leads to the safeguarding contact, and nothing is stored."""
    person, form = asked.person, asked.form
    if form.to_safeguarding(settings_of(person.authority_id)):
        return _safeguarding_page(person)
    escalation_id = await actions.raise_escalation(
        asked.session,
        person,
        form.school.urn,
        form.columns(),
        tried=form.tried.data or (),
        why_wait=(form.why_wait.data or "") if form.notify_head.data == "wait" else "",
        call=form.call_note() if form.notify_head.data == "now" else "",
    )
    said = "The escalation is raised. The core team has been told."
    if form.notify_head.data == "now":
        said += " " + sentence(await message_goes_out(asked.session, person.authority_id, form.school.urn))
    return Redirect(f"/escalations/{escalation_id}", said)


async def _tell(asked: FormRequest[EscalationRow, TellForm]) -> PageResult:
    row = asked.record
    await actions.notify_school(asked.session, asked.person, row.id, asked.form.call_note())
    held = await message_goes_out(asked.session, asked.person.authority_id, row.school_urn)
    return Redirect(ESCALATION.url(row), sentence(held))


RAISE: FormAction[None, RaiseForm] = FormAction(
    name="raise_escalation",
    creates=True,
    intro=lambda person, _: (
        f"The {settings_of(person.authority_id).words.core_team} is told at once and must acknowledge it by a date. "
        "Nobody can refuse it."
    ),
    resource=list_resource("/escalations"),
    slug="",
    form_slug=None,
    permission=RAISE_ESCALATION,
    title="Raise an escalation",
    submit="Raise this escalation",
    form=RaiseForm,
    initial=lambda asked: {"school_urn": asked.data.one("school"), "notify_head": "now"},
    choices=_offer_choices,
    valid=_is_valid,
    template="escalations/new.html",
    context=_context,
    run=_raise,
)
NOTIFY_SCHOOL = FormAction(
    name="notify_school",
    resource=ESCALATION,
    slug="notify-school",
    permission=Permission.CONTRIBUTE_TO_ESCALATION,
    states=OPEN_STATES,
    relevant=lambda _, row: row.notified_at is None,
    label="Tell the headteacher",
    intro="The headteacher is told now. "
    "From noon on a Friday, on closed days and near the end of a term, they are told on the next school morning. "
    "They can read the escalation from then on.",
    form=TellForm,
    run=_tell,
)
SEND_HELD_MESSAGE = FormAction(
    name="send_held_message",
    resource=ESCALATION,
    slug="held-message",
    permission=Permission.MANAGE_ESCALATION,
    states=OPEN_STATES,
    relevant=lambda _, row: row.held,
    label="Tell the headteacher at once",
    intro="The message does not wait for the school morning. The headteacher can read the escalation at once.",
    form=REASON_TO_SEND,
    said="The headteacher has been told.",
    run=lambda asked: actions.send_held_message(*subject(asked), asked.form.note.data),
)


@dataclass(frozen=True, kw_only=True)
class SchoolChoice(PageContext):
    """The schools for which this person may raise an escalation."""

    template = "escalations/choose_school.html"

    schools: Sequence[queries.SchoolName]


@dataclass(frozen=True, kw_only=True)
class SafeguardingRoute(PageContext):
    """Whom to contact when a child may be at risk, if the authority has named someone."""

    template = "escalations/safeguarding.html"

    contact: Contact | None


@endpoint.get("/escalations/new", permission=RAISE_ESCALATION)
async def new_escalation(ctx: PageRequest) -> PageResult:
    """Show the form for one school; without a school, ask for it first."""
    if not ctx.query.one("school"):
        schools = await queries.schools_to_raise_for(ctx.session, ctx.person)
        return Page(SchoolChoice(schools=schools))
    return await RAISE.new_form_page(ctx, None)


@endpoint.get("/escalations/safeguarding", permission=RAISE_ESCALATION)
async def point_to_safeguarding(ctx: PageRequest) -> PageResult:
    """Show whom to contact when a child may be at risk."""
    return _safeguarding_page(ctx.person)


def urn_of(text: str) -> int | None:
    """Parse a URN; None if empty. Raises NotFound if it cannot be a URN."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotFound
    return int(text)


def _safeguarding_page(person: Principal) -> Page:
    contact = settings_of(person.authority_id).contacts.get("safeguarding")
    return Page(SafeguardingRoute(contact=contact))


routes = [new_escalation, point_to_safeguarding, *routes_of((RAISE, NOTIFY_SCHOOL, SEND_HELD_MESSAGE))]
