"""The actions by which a school ends an agreement early, or challenges a match that a lead made for it."""

from alongside.features.agreements import models
from alongside.features.agreements.endings import actions
from alongside.features.agreements.forms import LISTED_REASON
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ListedReasonForm, reason_form
from alongside.platform.web.formatting import format_date


def _what_follows(_: Principal, agreement: AgreementRow) -> str:
    until = f"You can do this until {format_date(agreement.challenge_until)}."
    return f"The support ends, its days can be used again, and the need is open again. {until}"


async def _end(asked: FormRequest[AgreementRow, ListedReasonForm]) -> None:
    reason, words = asked.form.reason.data, asked.form.words.data or ""
    await actions.end_early(asked.session, asked.person, asked.record.id, reason, words)


CHALLENGE = FormAction(
    name="challenge_match",
    resource=AGREEMENT,
    slug="challenge",
    permission=Permission.END_AGREEMENT,
    states=models.CHALLENGE.starts,
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
END_EARLY = FormAction(
    name="end_early",
    resource=AGREEMENT,
    slug="early-end",
    permission=Permission.END_AGREEMENT,
    states=models.END_EARLY.starts,
    label="End early",
    title="End this agreement early",
    intro="Unused days go back to the offer, and the need is open again.",
    submit="End this agreement",
    warning=True,
    form=LISTED_REASON,
    choices=lambda asked: asked.form.offer(settings_of(asked.person.authority_id).ending_reasons),
    said="The agreement has ended. Unused days can be used again.",
    run=_end,
)
routes = routes_of((CHALLENGE, END_EARLY))
