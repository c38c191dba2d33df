"""Actions of the school: its headteacher appeals, who governs it signs; people who took no part hear the appeal."""

from wtforms import Form

from alongside.features.categories import actions
from alongside.features.categories.forms import AppealForm, HearingForm
from alongside.features.categories.labels import category_choices
from alongside.features.categories.resource import CATEGORY
from alongside.features.categories.row import CategoryRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_weekday


def _too_late(person: Principal, row: CategoryRow) -> str | None:
    if row.state == "notified" and row.appeal_by is not None and row.appeal_by < person.today:
        return f"The last day for an appeal was {format_weekday(row.appeal_by)}."
    return None


def _took_part(person: Principal, row: CategoryRow) -> str | None:
    took_part = person.id in (row.proposed_by, row.discussed_by, row.moderated_by, row.agreed_by)
    return actions.TOOK_PART if took_part else None


APPEAL: FormAction[CategoryRow, AppealForm] = FormAction(
    name="appeal_category",
    resource=CATEGORY,
    slug="appeal",
    permission=Permission.APPEAL_CATEGORY,
    states=("notified",),
    label="Appeal",
    title="Appeal against this category",
    intro="You can appeal once. People who took no part in the category hear the appeal.",
    submit="Send this appeal",
    form=AppealForm,
    refusal=_too_late,
    explains=True,
    said="Your appeal is sent.",
    run=lambda asked: actions.appeal_category(
        asked.session, asked.person, asked.record, asked.form.grounds.data
    ),
)


def _offer(asked: FormRequest[CategoryRow, HearingForm]) -> None:
    asked.form.offer(category_choices(asked.record.authority_id), asked.record.narrative)


async def _hear(asked: FormRequest[CategoryRow, HearingForm]) -> None:
    form, row = asked.form, asked.record
    category = form.chosen if form.outcome.data == "changed" else row.category_agreed
    await actions.hear_appeal(
        asked.session, asked.person, row, form.outcome.data, category, form.reasons.data
    )


HEAR: FormAction[CategoryRow, HearingForm] = FormAction(
    name="hear_category_appeal",
    resource=CATEGORY,
    slug="hearing",
    permission=Permission.HEAR_CATEGORY_APPEAL,
    states=("appealed",),
    label="Record the result of the appeal",
    intro=lambda _, row: f"The school appeals: {row.appeal_grounds}",
    submit="Record this result",
    form=HearingForm,
    initial=lambda asked: {"category": asked.record.category_agreed},
    choices=_offer,
    valid=lambda asked: asked.form.check(asked.record.category_agreed, asked.record.narrative),
    refusal=_took_part,
    explains=True,
    said="The result is recorded. The headteacher is notified.",
    run=_hear,
)
SIGN = FormAction(
    name="sign_category",
    resource=CATEGORY,
    slug="signature",
    permission=Permission.SIGN_CATEGORY,
    label="Sign that you have read it",
    version=lambda row: row.decision_number,
    intro="The core team and the school see that you have read this version, and when. You cannot take it back.",
    submit="Sign",
    form=Form,
    said="You have signed the category letter.",
    run=lambda asked: actions.sign_category(asked.session, asked.person, asked.record, asked.version),
)
ACTIONS = (SIGN, APPEAL, HEAR)
