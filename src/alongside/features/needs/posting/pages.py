"""The form for a new need: saved as a draft, sent to the headteacher, or posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, Contact
from alongside.features.needs import actions, queries
from alongside.features.needs.forms import NeedForm
from alongside.features.needs.listing import schools_to_draft_for
from alongside.features.needs.rows import AddressedSchool, NeedRow
from alongside.features.schools.posting import PostingSchool, get_school, phase_of, refuse_closed
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, routes_of
from alongside.platform.forms.fields import LONG_TEXT, TITLE
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.form_data import FormData
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

PREFILLED = {"theme": 40, "title": TITLE, "wanted": LONG_TEXT, "form_of_support": 40}
"""Form fields that the query string may prefill, and the maximum length of each."""


@dataclass(frozen=True, slots=True)
class Requester:
    """The school that asks for help, and the one school that it asks, if it names one."""

    school: PostingSchool
    addressed: AddressedSchool | None


@dataclass(frozen=True, kw_only=True)
class SchoolChoice(PageContext):
    """The schools for which a person may draft a need, and what the form already knows."""

    template = "needs/choose_school.html"

    schools: Sequence[PostingSchool]
    known: Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class NeedFormContext(FormContext):
    """What the form of a need shows besides its fields; `may_post` is false for those who only draft."""

    settings: AuthoritySettings
    may_post: bool
    safeguarding: Contact | None


@dataclass(frozen=True, kw_only=True)
class NewNeedContext(NeedFormContext):
    """What the form of a new need shows besides: the school that asks, and the one that is asked."""

    school: PostingSchool
    addressed: AddressedSchool | None
    need: NeedRow | None = None


async def requester(
    session: AsyncSession, person: Principal, permission: Permission, data: FormData
) -> Requester:
    """Load the schools that a new need names. Raises NotFound outside the person's scope."""
    urn = urn_of(data.one("school_urn") or data.one("school")) or person.school_urn
    if urn is None:
        raise NotFound
    school = await get_school(session, person, permission, urn)
    return Requester(
        school, await queries.addressed_school(session, person, urn_of(data.one("addressed")), urn)
    )


def urn_of(text: str) -> int | None:
    """Parse a URN from the request; None when it is empty. Raises NotFound for an invalid one."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotFound
    return int(text)


def prefilled(question: FormData) -> dict[str, str]:
    """Values from the query string that prefill the form. The form validates them like typed values."""
    return {name: question.one(name)[:most] for name, most in PREFILLED.items() if question.one(name)}


@endpoint.get("/needs/new", permission=Permission.DRAFT_NEED)
async def new_need(ctx: PageRequest) -> PageResult:
    """Show an empty form. People with several schools choose one first."""
    question = ctx.query
    if not question.one("school") and ctx.person.school_urn is None:
        addressed = urn_of(question.one("addressed"))
        known: dict[str, str | int] = {
            **prefilled(question),
            **({"addressed": addressed} if addressed else {}),
        }
        schools = await schools_to_draft_for(ctx.session, ctx.person)
        return Page(SchoolChoice(schools=schools, known=known))
    record = await requester(ctx.session, ctx.person, Permission.DRAFT_NEED, question)
    refuse_closed(record.school.name, record.school.status)
    return await NEW.new_form_page(ctx, record)


def form_context(person: Principal, urn: int) -> NeedFormContext:
    """What the form of a need of this school shows besides its fields."""
    settings = settings_of(person.authority_id)
    return NeedFormContext(
        settings=settings,
        may_post=may(person, Permission.POST_NEED, urn),
        safeguarding=settings.contacts.get("safeguarding"),
    )


async def after_saving(session: AsyncSession, person: Principal, need_id: UUID, act: str) -> Redirect:
    """Post a saved need or send it to the headteacher, as the button that was pressed says."""
    if act == "post":
        await actions.post_need(session, person, need_id)
    elif act == "send":
        await actions.send_need_to_head(session, person, need_id)
    said = {
        "post": "Your need is posted.",
        "send": "The draft is sent to the headteacher.",
        "draft": "The draft is saved.",
    }
    return Redirect(f"/needs/{need_id}", said.get(act, "Your changes are saved."))


def _initial(asked: ActionRequest[Requester]) -> dict[str, object]:
    school, addressed = asked.record.school, asked.record.addressed
    return {
        "school_urn": school.urn,
        "addressed": addressed.urn if addressed else "",
        "audience": "widening",
        **prefilled(asked.data),
    }


async def _offer_choices(asked: FormRequest[Requester, NeedForm]) -> None:
    school, person = asked.record.school, asked.person
    calendar = await calendar_of_school(asked.session, person.authority_id, school.urn)
    asked.form.offer_choices(settings_of(person.authority_id), calendar, person.today, phase_of(school))


async def _is_valid(asked: FormRequest[Requester, NeedForm]) -> bool:
    theme, urn = asked.form.theme.data or "", asked.record.school.urn
    others = await queries.open_on_theme(asked.session, asked.person.authority_id, urn, theme)
    complete = asked.data.one("act") in ("post", "send")
    return asked.form.is_valid(asked.person.today, complete=complete, open_on_theme=others)


async def _save(asked: FormRequest[Requester, NeedForm]) -> Redirect:
    school, addressed = asked.record.school, asked.record.addressed
    need_id = await actions.draft_need(
        asked.session, asked.person, school.urn, asked.form.columns(), addressed.urn if addressed else None
    )
    return await after_saving(asked.session, asked.person, need_id, asked.data.one("act"))


def _context(asked: FormRequest[Requester, NeedForm]) -> NewNeedContext:
    school, shared = asked.record.school, form_context(asked.person, asked.record.school.urn)
    return NewNeedContext(
        settings=shared.settings,
        may_post=shared.may_post,
        safeguarding=shared.safeguarding,
        school=school,
        addressed=asked.record.addressed,
    )


NEW: FormAction[Requester, NeedForm] = FormAction(
    name="post_need",
    creates=True,
    undo="withdraw_need",
    resource=Resource(
        name="requester", path="/needs", load=requester, choose=requester, url=lambda _: "/needs"
    ),
    slug="",
    form_slug=None,
    permission=Permission.DRAFT_NEED,
    form=NeedForm,
    initial=_initial,
    choices=_offer_choices,
    valid=_is_valid,
    template="needs/new.html",
    context=_context,
    run=_save,
)
routes = [new_need, *routes_of((NEW,))]
