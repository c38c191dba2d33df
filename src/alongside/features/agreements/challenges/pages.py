"""The action by which a school challenges a match that a lead made on its behalf."""

from typing import Any

from sqlalchemy import Row

from alongside.features.agreements import actions
from alongside.features.agreements.models import CHALLENGE as CHALLENGED
from alongside.features.agreements.resource import AGREEMENT
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction
from alongside.platform.forms.reason import reason_form
from alongside.platform.web.formatting import format_date


def _what_follows(_: Principal, agreement: Row[Any]) -> str:
    until = f"You can do this until {format_date(agreement.challenge_until)}."
    return f"The support ends, its days can be used again, and the need is open again. {until}"


CHALLENGE = FormAction(
    name="challenge_match",
    resource=AGREEMENT,
    slug="challenge",
    permission=Permission.END_AGREEMENT,
    states=CHALLENGED.starts,
    refusal=actions.no_challenge,
    label="Challenge this match",
    intro=_what_follows,
    warning=True,
    form=reason_form(
        "Reason",
        "Enter a reason. The other school and the consortium leads will read it",
        "The other school and the consortium leads read this",
    ),
    said="The match has ended and the need is open again. We have told the other school and the consortium leads.",
    run=lambda asked: actions.challenge_match(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
routes = routes_of((CHALLENGE,))
