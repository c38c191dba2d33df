"""Actions by which a school writes, edits, posts, confirms, pauses and withdraws an offer."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, Contact
from alongside.features.offers import actions
from alongside.features.offers.forms import OfferForm, offer_form, offer_form_of
from alongside.features.offers.models import CONFIRM_OFFER, END_OFFER, PAUSE_OFFER, POST_OFFER, RESUME_OFFER
from alongside.features.offers.resource import OFFER
from alongside.features.offers.rows import OfferRow
from alongside.features.schools.posting import PostingSchool, get_school, phase_of, refuse_closed
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Record, Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.fields import line
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.responses import PageResult, Redirect

LOOKED_AT = {"checked_no_pupil": True, "checked_not_safeguarding": True}
POSTED = "Your offer is posted."


@dataclass(frozen=True, kw_only=True)
class OfferFormContext(FormContext):
    """What the form of an offer shows besides its fields."""

    settings: AuthoritySettings
    safeguarding: Contact | None


@dataclass(frozen=True, kw_only=True)
class NewOfferContext(OfferFormContext):
    """The same for an offer that is not written yet."""

    offer: OfferRow | None = None


class WithdrawalForm(Form):
    """An optional reason for withdrawing an offer."""

    note = line("Reason (optional)", "The reason", "Only people who look after your school read this", 1000)


async def _own_school(session: AsyncSession, person: Principal, permission: Permission) -> PostingSchool:
    if person.school_urn is None:
        raise NotFound
    school = await get_school(session, person, permission, person.school_urn)
    refuse_closed(school.name, school.status)
    return school


def _form(asked: ActionRequest[Record]) -> type[OfferForm]:
    return offer_form(settings_of(asked.person.authority_id))


async def _offer_choices(asked: FormRequest[Record, OfferForm], urn: int, kept: OfferRow | None) -> None:
    authority_id = asked.person.authority_id
    calendar = await calendar_of_school(asked.session, authority_id, urn)
    asked.form.offer_choices(settings_of(authority_id), calendar, asked.person.today, kept)


def _new_context(asked: FormRequest[PostingSchool, OfferForm]) -> NewOfferContext:
    settings = settings_of(asked.person.authority_id)
    return NewOfferContext(settings=settings, safeguarding=settings.contacts.get("safeguarding"))


def _edit_context(asked: FormRequest[OfferRow, OfferForm]) -> OfferFormContext:
    settings = settings_of(asked.person.authority_id)
    return OfferFormContext(settings=settings, safeguarding=settings.contacts.get("safeguarding"))


def _posts(asked: FormRequest[Record, OfferForm]) -> bool:
    return asked.data.one("act") == "post"


async def _write(asked: FormRequest[PostingSchool, OfferForm]) -> Redirect:
    form = asked.form
    offer_id = await actions.draft_offer(asked.session, asked.person, form.columns(), form.evidence())
    if _posts(asked):
        await actions.post_offer(asked.session, asked.person, offer_id)
    return Redirect(f"/offers/{offer_id}", POSTED if _posts(asked) else "The draft is saved.")


async def _change(asked: FormRequest[OfferRow, OfferForm]) -> Redirect:
    session, person, offer, form = asked.session, asked.person, asked.record, asked.form
    await actions.change_offer(session, person, offer.id, form.columns(), form.evidence(), asked.version)
    post = offer.state == "draft" and _posts(asked)
    if post:
        await actions.post_offer(session, person, offer.id)
    return Redirect(OFFER.url(offer), POSTED if post else "Your changes are saved.")


async def _post(asked: ActionRequest[OfferRow]) -> PageResult | None:
    """Post a draft, or show the form with what is missing."""
    offer = asked.record
    if offer.state == "draft":
        form = _form(asked)(data=offer_form_of(offer, said=True) | LOOKED_AT)
        wanted = FormRequest(asked.request, asked.session, asked.person, offer, asked.data, form)
        await _offer_choices(wanted, offer.school_urn, offer)
        if not form.is_valid(asked.person.today, complete=True):
            return await EDIT.page(wanted, 422, version=offer.version)
    await actions.post_offer(asked.session, asked.person, offer.id)
    return None


NEW: FormAction[PostingSchool, OfferForm] = FormAction(
    name="post_offer",
    creates=True,
    undo="withdraw_offer",
    resource=Resource(
        name="school",
        path="/offers",
        load=_own_school,
        url=lambda _: "/offers",
        caption=lambda _, school: school.name,
    ),
    slug="",
    form_slug="new",
    permission=Permission.POST_OFFER,
    title="Post an offer",
    form=_form,
    initial=lambda asked: {
        "phases": [phase_of(asked.record)],
        "engagements_max": 1,
        "audience": "widening",
        "appetite": "yes",
    },
    choices=lambda asked: _offer_choices(asked, asked.record.urn, None),
    valid=lambda asked: asked.form.is_valid(asked.person.today, complete=_posts(asked)),
    template="offers/new.html",
    context=_new_context,
    run=_write,
)
EDIT: FormAction[OfferRow, OfferForm] = FormAction(
    name="change_offer",
    undo="change_offer",
    resource=OFFER,
    slug="edit",
    permission=Permission.CHANGE_OFFER,
    states=actions.EDITABLE,
    refusal=lambda _, offer: actions.why_not_editable(offer),
    label="Edit",
    title="Edit this offer",
    form=_form,
    initial=lambda asked: offer_form_of(asked.record),
    choices=lambda asked: _offer_choices(asked, asked.record.school_urn, asked.record),
    valid=lambda asked: asked.form.is_valid(
        asked.person.today, complete=asked.record.state != "draft" or _posts(asked)
    ),
    version=lambda offer: offer.version,
    template="offers/edit.html",
    context=_edit_context,
    run=_change,
)
POST = ButtonAction(
    name="post_drafted_offer",
    undo="withdraw_offer",
    resource=OFFER,
    slug="post",
    permission=Permission.POST_OFFER,
    states=POST_OFFER.starts,
    label="Post this offer",
    said=POSTED,
    run=_post,
)
CONFIRM = ButtonAction(
    name="confirm_offer",
    undo="withdraw_offer",
    resource=OFFER,
    slug="confirmation",
    permission=Permission.CHANGE_OFFER,
    states=(*CONFIRM_OFFER.starts, *RESUME_OFFER.starts),
    label=lambda _, offer: "Resume this offer" if offer.state == "paused" else "We still offer this",
    said="Thank you. The offer is confirmed today.",
    run=lambda asked: actions.confirm_offer(asked.session, asked.person, asked.record.id),
)
PAUSE: FormAction[OfferRow, Form] = FormAction(
    name="pause_offer",
    resource=OFFER,
    slug="pause",
    permission=Permission.CHANGE_OFFER,
    states=PAUSE_OFFER.starts,
    label="Pause",
    title="Pause this offer",
    intro="Nobody can propose this offer until you confirm it again. Proposals that wait for an answer end, "
    "and we tell both schools. Support that is already agreed continues.",
    submit="Pause this offer",
    form=Form,
    said="The offer is paused. Nobody can propose it.",
    run=lambda asked: actions.pause_offer(asked.session, asked.person, asked.record.id),
)
WITHDRAW = FormAction(
    name="withdraw_offer",
    resource=OFFER,
    slug="withdrawal",
    permission=Permission.CHANGE_OFFER,
    states=END_OFFER.starts,
    label="Withdraw",
    title="Withdraw this offer",
    intro="Nobody can propose this offer. Proposals that wait for an answer end, and we tell both schools. "
    "Support that is already agreed continues. You can reopen the offer later.",
    submit="Withdraw this offer",
    warning=True,
    form=WithdrawalForm,
    said="The offer is withdrawn.",
    run=lambda asked: actions.withdraw_offer(
        asked.session, asked.person, asked.record.id, asked.form.note.data or ""
    ),
)
routes = routes_of((NEW, EDIT, POST, CONFIRM, PAUSE, WITHDRAW))
