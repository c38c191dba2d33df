"""Actions by which a school gives its half-way and closing reviews."""

from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.agreements.reviews import actions
from alongside.features.agreements.reviews.forms import ReviewForm, review_form
from alongside.features.schools.term_dates.hard_news import sentence
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.responses import PageResult, Redirect

READ_LATER = (
    "You cannot change a review after you give it. The other school can read it when it has given its own."
)


def is_closing_review_due(person: Principal, agreement: AgreementRow) -> bool:
    """Return whether all days are used or the last day has come: then it is too late for the half-way review."""
    return agreement.days_used >= agreement.days or agreement.ends_on <= person.today


def _review(
    name: str, slug: str, kind: str, title: str, label: str, intro: str = READ_LATER
) -> FormAction[AgreementRow, ReviewForm]:
    closing = kind == "closing"

    async def form(asked: ActionRequest[AgreementRow]) -> type[ReviewForm]:
        aims = await aims_of(asked.session, asked.person.authority_id, asked.record.id)
        says_outcome = closing and may_on(asked.person, Permission.STATE_OUTCOME, asked.record)
        return review_form(aims, outcome=says_outcome, closing=closing)

    async def run(asked: FormRequest[AgreementRow, ReviewForm]) -> PageResult:
        said, row = asked.form.judgement(), asked.record
        call = asked.form.call_note() if actions.is_hard(said) else ""
        held = await actions.give_review(asked.session, asked.person, row.id, kind, said, call)
        waits = f" {sentence(held, 'the other school')}" if held else ""
        return Redirect(AGREEMENT.url(row), f"Your review is saved. Thank you.{waits}")

    return FormAction(
        name=name,
        resource=AGREEMENT,
        slug=f"reviews/{slug}",
        permission=Permission.REVIEW_AGREEMENT,
        states=("active",),
        relevant=lambda person, agreement: is_closing_review_due(person, agreement) == closing,
        label=label,
        title=title,
        intro=intro,
        submit="Give this review",
        form=form,
        template="agreements/review.html",
        run=run,
    )


HALF_WAY = _review(
    "give_mid_term_review", "half-way", "mid_term", "Half-way review", "Give your half-way review"
)
CLOSING = _review(
    "give_closing_review",
    "closing",
    "closing",
    "Closing review",
    "Give your closing review",
    f"{READ_LATER} When both schools have given theirs, the agreement is closed.",
)
routes = routes_of((HALF_WAY, CLOSING))
