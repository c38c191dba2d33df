"""The actions by which a school ends an agreement early, or challenges a match that a lead made for it."""

from alongside.features.agreements import models
from alongside.features.agreements.endings import actions
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.hard_news import sentence
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.call import CallFields
from alongside.platform.forms.fields import passage
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ListedReasonForm, ReasonForm, reason_form
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import PageResult, Redirect

THE_OTHER = "the other school"


def _what_follows(_: Principal, agreement: AgreementRow) -> str:
    until = f"You can do this until {format_date(agreement.challenge_until)}."
    return f"The support ends, its days can be used again, and the need is open again. {until}"


class EndForm(ListedReasonForm, CallFields):
    """A reason of the list, and the call to the other headteacher."""

    details_cure = "Enter details. The other school will read them"
    words = passage("Details (optional)", "The details", "The other school reads this", limit=1000)

    def is_valid(self) -> bool:
        """Validate: a reason, and the time of a call or why there is none."""
        super().is_valid()
        self.require_call()
        return not self.errors


class ChallengeForm(ReasonForm, CallFields):
    """A reason, and the call to the other headteacher."""

    cure = "Enter a reason. The other school and the consortium leads will read it"
    note = passage("Reason", "The reason", "The other school and the consortium leads read this", limit=1000)

    def is_valid(self) -> bool:
        """Validate: a reason, and the time of a call or why there is none."""
        super().is_valid()
        self.require_call()
        return not self.errors


async def _end(asked: FormRequest[AgreementRow, EndForm]) -> PageResult:
    form, row = asked.form, asked.record
    held = await actions.end_early(
        asked.session, asked.person, row.id, form.reason.data, form.words.data or "", form.call_note()
    )
    said = f"The agreement has ended. Unused days can be used again. {sentence(held, THE_OTHER)}"
    return Redirect(AGREEMENT.url(row), said)


async def _challenge(asked: FormRequest[AgreementRow, ChallengeForm]) -> PageResult:
    form, row = asked.form, asked.record
    held = await actions.challenge_match(
        asked.session, asked.person, row.id, form.note.data, form.call_note()
    )
    said = f"The match has ended and the need is open again. {sentence(held, THE_OTHER)}"
    return Redirect(AGREEMENT.url(row), f"{said} We have told the consortium leads.")


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
    form=ChallengeForm,
    fields=("note", "call", "no_call"),
    run=_challenge,
)
END_EARLY = FormAction(
    name="end_early",
    resource=AGREEMENT,
    slug="early-end",
    permission=Permission.END_AGREEMENT,
    states=models.END_EARLY.starts,
    label="End early",
    title="End this agreement early",
    intro="Unused days go back to the offer, and the need is open again. "
    "From noon on a Friday, on closed days and near the end of a term, the other school is told on a school morning.",
    submit="End this agreement",
    warning=True,
    form=EndForm,
    fields=("reason", "words", "call", "no_call"),
    choices=lambda asked: asked.form.offer(settings_of(asked.person.authority_id).ending_reasons),
    run=_end,
)
SEND_HELD_MESSAGE = FormAction(
    name="send_held_message",
    resource=AGREEMENT,
    slug="held-message",
    permission=Permission.SEND_HELD_MESSAGE,
    label="Send the message at once",
    title="Send the message to the school at once",
    intro="The message does not wait for the school morning.",
    form=reason_form(
        "Reason", "Enter why the message cannot wait", "Both schools can read this in the activity"
    ),
    said="The message is sent.",
    run=lambda asked: actions.send_held_message(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
routes = routes_of((CHALLENGE, END_EARLY, SEND_HELD_MESSAGE))
