"""Actions by which a school edits, posts, confirms and pauses a need."""

from collections.abc import Sequence

from alongside.features.authorities import settings_of
from alongside.features.needs import queries
from alongside.features.needs.editing import actions
from alongside.features.needs.forms import NeedForm, need_form_of
from alongside.features.needs.models import CONFIRM_NEED, PAUSE_NEED, POST_NEED, SEND_TO_HEAD
from alongside.features.needs.posting.pages import NeedFormContext, after_saving, form_context
from alongside.features.needs.resource import NEED
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.posting import get_school, phase_of
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.responses import PageResult, Redirect

DRAFTS = ("draft", "to_confirm")
LOOKED_AT = {"checked_no_pupil": True, "checked_not_safeguarding": True}


def _pressed(asked: FormRequest[NeedRow, NeedForm]) -> str:
    return asked.data.one("act") if asked.record.state in DRAFTS else "change"


async def _offer_choices(asked: FormRequest[NeedRow, NeedForm]) -> None:
    person, need = asked.person, asked.record
    school = await get_school(asked.session, person, Permission.DRAFT_NEED, need.school_urn)
    calendar = await calendar_of_school(asked.session, person.authority_id, need.school_urn)
    settings = settings_of(person.authority_id)
    asked.form.offer_choices(settings, calendar, person.today, phase_of(school), need)


async def _is_valid(asked: FormRequest[NeedRow, NeedForm], *, complete: bool | None = None) -> bool:
    need, form = asked.record, asked.form
    others: Sequence[str] = ()
    if need.state in DRAFTS:
        theme = form.theme.data or ""
        others = await queries.open_on_theme(asked.session, need.authority_id, need.school_urn, theme)
    complete = _pressed(asked) in ("post", "send", "change") if complete is None else complete
    return form.is_valid(asked.person.today, complete=complete, open_on_theme=others)


async def _change(asked: FormRequest[NeedRow, NeedForm]) -> Redirect:
    await actions.change_need(
        asked.session, asked.person, asked.record.id, asked.form.columns(), asked.version
    )
    return await after_saving(asked.session, asked.person, asked.record.id, _pressed(asked))


async def _finish(asked: ActionRequest[NeedRow], act: str) -> PageResult:
    """Post or send a draft, or show the form with what is missing."""
    if asked.record.state in DRAFTS:
        form = NeedForm(data=need_form_of(asked.record, said=True) | LOOKED_AT)
        wanted = FormRequest(asked.request, asked.session, asked.person, asked.record, asked.data, form)
        await _offer_choices(wanted)
        if not await _is_valid(wanted, complete=True):
            return await EDIT.page(wanted, 422, version=asked.record.version)
    return await after_saving(asked.session, asked.person, asked.record.id, act)


def _context(asked: FormRequest[NeedRow, NeedForm]) -> NeedFormContext:
    return form_context(asked.person, asked.record.school_urn)


def _cannot_post(person: Principal, need: NeedRow) -> bool:
    return not may(person, Permission.POST_NEED, need.school_urn)


EDIT = FormAction(
    name="change_need",
    undo="change_need",
    resource=NEED,
    slug="edit",
    permission=Permission.EDIT_NEED,
    states=actions.EDITABLE,
    refusal=lambda _, need: actions.why_not_editable(need),
    label="Edit",
    title="Edit this need",
    form=NeedForm,
    initial=lambda asked: need_form_of(asked.record),
    choices=_offer_choices,
    valid=_is_valid,
    version=lambda need: need.version,
    template="needs/edit.html",
    context=_context,
    run=_change,
)
POST = ButtonAction(
    name="post_drafted_need",
    undo="withdraw_need",
    resource=NEED,
    slug="post",
    permission=Permission.POST_NEED,
    states=POST_NEED.starts,
    label="Post this need",
    run=lambda asked: _finish(asked, "post"),
)
SEND = ButtonAction(
    name="send_need_to_head",
    undo="withdraw_need",
    resource=NEED,
    slug="send",
    permission=Permission.DRAFT_NEED,
    states=SEND_TO_HEAD.starts,
    relevant=_cannot_post,
    label="Send to the headteacher",
    run=lambda asked: _finish(asked, "send"),
)
CONFIRM = ButtonAction(
    name="confirm_need",
    undo="withdraw_need",
    resource=NEED,
    slug="confirmation",
    permission=Permission.CHANGE_NEED,
    states=CONFIRM_NEED.starts,
    label="We still need this",
    said="Thank you. The need is confirmed today.",
    run=lambda asked: actions.confirm_need(asked.session, asked.person, asked.record.id),
)
PAUSE = ButtonAction(
    name="pause_need",
    undo="confirm_need",
    resource=NEED,
    slug="pause",
    permission=Permission.CHANGE_NEED,
    states=PAUSE_NEED.starts,
    label="Pause",
    said="The need is paused. Nobody can propose an offer for it.",
    run=lambda asked: actions.pause_need(asked.session, asked.person, asked.record.id),
)
ON_A_NEED = (POST, SEND, EDIT, CONFIRM, PAUSE)
routes = routes_of(ON_A_NEED)
