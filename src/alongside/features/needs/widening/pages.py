"""Showing a need to the whole authority, the answer to a lead who asks for it, and taking it back."""

from dataclasses import dataclass

from wtforms import Form

from alongside.features.authorities import settings_of
from alongside.features.needs.resource import NEED
from alongside.features.needs.rows import NeedRow
from alongside.features.needs.visibility import LOOKING, is_limited, limit_words
from alongside.features.needs.widening import actions
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.formatting import format_date

BESIDES = {
    "show_need_to_authority": "showed the need to the whole authority",
    "limit_need_again": "limited the need to its consortium again",
    "ask_to_show_need": "asked the school to show the need to the whole authority",
    "keep_need_limited": "kept the need within its consortium",
}
"""Display text of these actions in the activity."""


@dataclass(frozen=True, kw_only=True)
class VisibilityQuestion(FormContext):
    """Who sees the need now, `limit` in words, and the person who asks for more, if that waits for an answer."""

    limited: bool
    limit: str
    asked_by_name: str | None


def _question(asked: FormRequest[NeedRow, Form]) -> VisibilityQuestion:
    need, person = asked.record, asked.person
    return VisibilityQuestion(
        limited=is_limited(need, person.today),
        limit=limit_words(need.visible_to_authority_from, settings_of(person.authority_id)),
        asked_by_name=need.asked_by_name if waits_for_answer(need) else None,
    )


def waits_for_answer(need: NeedRow) -> bool:
    """Whether somebody has asked the school to show this need to more schools, and it has not answered."""
    return need.wider_asked_on is not None and need.wider_refused_on is None


def request_words(need: NeedRow) -> str | None:
    """Who asked the school to show this need to the whole authority, and what it answered; None if nobody did."""
    if need.wider_asked_on is None or need.asked_by_name is None:
        return None
    day = format_date(need.wider_asked_on)
    asked = f"{need.asked_by_name} asked {need.school} on {day} to show it to the whole authority."
    if need.wider_refused_on is None:
        return f"{asked} {need.school} has not answered yet."
    return f"{asked} {need.school} said no on {format_date(need.wider_refused_on)}."


def _limited(person: Principal, need: NeedRow) -> bool:
    return is_limited(need, person.today)


SHOW = FormAction(
    name="show_need_to_authority",
    undo="limit_need_again",
    resource=NEED,
    slug="visibility",
    permission=Permission.CHANGE_NEED,
    states=LOOKING,
    relevant=_limited,
    label="Show this need to the whole authority",
    title="Show this need to the whole authority",
    submit="Yes, show it to the whole authority",
    form=Form,
    template="needs/visibility.html",
    context=_question,
    said="The whole authority sees this need now. You can take this back until a school answers.",
    run=lambda asked: actions.show_need_to_authority(asked.session, asked.person, asked.record.id),
)
KEEP = ButtonAction(
    name="keep_need_limited",
    undo="show_need_to_authority",
    resource=NEED,
    slug="visibility/refusal",
    permission=Permission.CHANGE_NEED,
    said="The need stays as it is. We have told the person who asked.",
    run=lambda asked: actions.keep_need_limited(asked.session, asked.person, asked.record.id),
)
LIMIT_AGAIN = ButtonAction(
    name="limit_need_again",
    undo="show_need_to_authority",
    resource=NEED,
    slug="visibility/undo",
    permission=Permission.CHANGE_NEED,
    states=("open",),
    relevant=lambda _, need: need.audience_before is not None,
    label=lambda person, _: f"Show it only to our {settings_of(person.authority_id).words.consortium} again",
    said="The need is visible as before.",
    run=lambda asked: actions.limit_need_again(asked.session, asked.person, asked.record.id),
)
ASK = ButtonAction(
    name="ask_to_show_need",
    undo="keep_need_limited",
    resource=NEED,
    slug="visibility/request",
    permission=Permission.ASK_TO_SHOW_NEED,
    states=LOOKING,
    relevant=lambda person, need: _limited(person, need) and need.wider_asked_on is None,
    label=lambda _, need: f"Ask {need.school} to show this need to the whole authority",
    said=lambda _, need: f"We have asked {need.school}. We will tell you the answer.",
    run=lambda asked: actions.ask_to_show_need(asked.session, asked.person, asked.record.id),
)
ON_A_LIMITED_NEED = (SHOW, LIMIT_AGAIN, ASK)
routes = routes_of((*ON_A_LIMITED_NEED, KEEP))
