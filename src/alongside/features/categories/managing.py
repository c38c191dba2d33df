"""Actions of the core team and the head of service on support categories."""

import re
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.categories import actions
from alongside.features.categories.forms import (
    OWN_PANEL,
    AgreementForm,
    CategoryForm,
    DecisionForm,
    DiscussionForm,
    PanelForm,
    ProposalForm,
)
from alongside.features.categories.labels import category_choices, require_used
from alongside.features.categories.proposing import participation
from alongside.features.categories.proposing_pages import FROM_PROFILES, initial_proposal
from alongside.features.categories.reports import next_year
from alongside.features.categories.resource import CATEGORY
from alongside.features.categories.row import CategoryRow
from alongside.features.consortia.queries import consortium_names
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.features.schools.term_dates.hard_news import sentence
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, list_resource
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.formatting import format_count
from alongside.platform.web.responses import PageResult, Redirect

PROPOSE = Permission.PROPOSE_CATEGORY
URN = re.compile(r"[0-9]{5,7}")


def _offer(asked: FormRequest[CategoryRow, CategoryForm]) -> None:
    asked.form.offer(category_choices(asked.record.authority_id), asked.record.narrative)


def _offer_decision(asked: FormRequest[CategoryRow, AgreementForm]) -> None:
    asked.form.offer(category_choices(asked.record.authority_id), asked.record.narrative)


async def _panels(session: AsyncSession, person: Principal) -> list[tuple[str, str]]:
    names = await consortium_names(session, person.authority_id)
    return [(OWN_PANEL, "The school’s own consortium"), *((str(one.id), one.name) for one in names)]


def _panel(chosen: str) -> UUID | None:
    return None if chosen == OWN_PANEL else UUID(chosen)


async def _offer_proposal(asked: FormRequest[None, ProposalForm]) -> None:
    require_used(asked.person)
    this_year = academic_year(asked.person.today)
    form, authority_id = asked.form, asked.person.authority_id
    offer_schools(form.school, await schools_at_work(asked.session, authority_id))
    form.academic_year.choices = [(one, one) for one in (this_year, next_year(this_year))]
    form.category.choices = [("", "None: the support is described in words"), *category_choices(authority_id)]
    form.panel.choices = await _panels(asked.session, asked.person)


async def _check_proposal(asked: FormRequest[None, ProposalForm]) -> bool:
    """Validate a proposal; a school that is not offered because it is closed gets its own sentence."""
    valid = asked.form.is_valid()
    field, typed = asked.form.school, asked.form.school.data or ""
    if field.errors and URN.fullmatch(typed):
        with suppress(NotFound):
            school = await participation(asked.session, asked.person, int(typed), None)
            if school.refusal is not None:
                field.errors = [school.refusal[1]]
    return valid


async def _propose(asked: FormRequest[None, ProposalForm]) -> PageResult:
    form = asked.form
    made = await actions.propose_category(
        asked.session,
        asked.person,
        int(form.school.data),
        form.phase.data or None,
        {
            "academic_year": form.academic_year.data,
            "category_proposed": form.category.data or None,
            "reasons_proposed": form.reasons.data,
            "handling_consortium_id": _panel(form.panel.data or OWN_PANEL),
        },
    )
    return Redirect(f"/categories/{made}", "The category is proposed. Invite the school to discuss it.")


NEW: FormAction[None, ProposalForm] = FormAction(
    name="propose_category",
    resource=list_resource("/categories"),
    slug="",
    form_slug="new",
    permission=PROPOSE,
    title="Propose a category",
    undo="withdraw_category",
    creates=True,
    submit="Propose this category",
    form=ProposalForm,
    initial=initial_proposal,
    choices=_offer_proposal,
    valid=_check_proposal,
    run=_propose,
)


def _proposed(asked: ActionRequest[CategoryRow]) -> Mapping[str, object]:
    return {"category": asked.record.category_proposed, "reasons": asked.record.reasons_proposed}


def _proposal_is_valid(asked: FormRequest[CategoryRow, CategoryForm]) -> bool:
    return asked.form.check_reasons(asked.record.narrative)


EDIT: FormAction[CategoryRow, CategoryForm] = FormAction(
    name="change_category_proposal",
    resource=CATEGORY,
    slug="proposal",
    permission=PROPOSE,
    states=("proposed",),
    label="Change the proposal",
    undo="change_category_proposal",
    submit="Save this proposal",
    form=CategoryForm,
    initial=_proposed,
    choices=_offer,
    valid=_proposal_is_valid,
    said="The proposal is changed.",
    run=lambda asked: actions.change_proposal(
        asked.session, asked.person, asked.record, asked.form.chosen, asked.form.reasons.data
    ),
)


def _cannot_invite(person: Principal, row: CategoryRow) -> str | None:
    if row.second_invited_on is not None:
        return "The school was invited twice already."
    if row.first_answer_by is not None and row.first_answer_by >= person.today:
        return "The school can still answer the first invitation."
    return None


def _answer_by(person: Principal, _: CategoryRow) -> str:
    days = settings_of(person.authority_id).categorisation.invitation_due
    answer = format_count(days, "school day")
    return f"The headteacher gets an email and has {answer} to answer. You cannot take it back."


INVITE: FormAction[CategoryRow, Form] = FormAction(
    name="invite_to_discuss_category",
    resource=CATEGORY,
    slug="invitation",
    permission=PROPOSE,
    states=("proposed",),
    label=lambda _, row: "Invite again" if row.first_invited_on else "Invite the school",
    refusal=_cannot_invite,
    title="Invite the school to discuss the category",
    intro=_answer_by,
    submit="Send the invitation",
    form=Form,
    said="The headteacher is invited.",
    run=lambda asked: actions.invite_school(asked.session, asked.person, asked.record),
)
DISCUSS: FormAction[CategoryRow, DiscussionForm] = FormAction(
    name="discuss_category",
    resource=CATEGORY,
    slug="discussion",
    permission=PROPOSE,
    states=("proposed",),
    label="Record the discussion",
    intro="The panel can then moderate the category. You cannot change the record afterwards.",
    submit="Save this record",
    form=DiscussionForm,
    initial=lambda asked: {"discussed_on": asked.person.today},
    valid=lambda asked: asked.form.check(asked.record.second_answer_by, asked.person.today),
    said="The record is saved. The panel can moderate the category.",
    run=lambda asked: actions.discuss_category(
        asked.session,
        asked.person,
        asked.record,
        asked.form.basis.data,
        asked.form.discussed_on.data,
        asked.form.discussion.data,
    ),
)


async def _offer_panels(asked: FormRequest[CategoryRow, PanelForm]) -> None:
    asked.form.panel.choices = await _panels(asked.session, asked.person)


PANEL: FormAction[CategoryRow, PanelForm] = FormAction(
    name="choose_category_panel",
    resource=CATEGORY,
    slug="panel",
    permission=PROPOSE,
    states=("proposed", "discussed", "appealed"),
    label="Choose another panel",
    intro="Its lead and deputy can then moderate the category, or hear the appeal.",
    submit="Choose this panel",
    form=PanelForm,
    choices=_offer_panels,
    said="The panel is chosen.",
    run=lambda asked: actions.choose_panel(
        asked.session, asked.person, asked.record, _panel(asked.form.panel.data)
    ),
)
AGREE: FormAction[CategoryRow, AgreementForm] = FormAction(
    name="agree_category",
    resource=CATEGORY,
    slug="agreement",
    permission=Permission.AGREE_CATEGORY,
    states=("moderated",),
    label="Record the board’s decision",
    intro="You can then notify the headteacher. You cannot change this record afterwards.",
    submit="Record this decision",
    form=AgreementForm,
    initial=lambda asked: {"category": asked.record.category_moderated},
    choices=_offer_decision,
    valid=lambda asked: (
        asked.form.check_step(asked.record.category_moderated, asked.record.narrative, "the moderated one")
        & asked.form.check_decision(asked.person.today)
    ),
    said="The decision is recorded.",
    run=lambda asked: actions.agree_category(
        asked.session,
        asked.person,
        asked.record,
        asked.form.chosen,
        asked.form.reasons.data,
        asked.form.agreed_on.data,
        asked.form.decision_reference.data,
    ),
)


async def _agree_all(asked: FormRequest[None, DecisionForm]) -> PageResult:
    require_used(asked.person)
    form = asked.form
    count = await actions.agree_all(
        asked.session, asked.person, None, form.agreed_on.data, form.decision_reference.data
    )
    return Redirect("/categories", f"The decision is recorded for {format_count(count, 'school')}.")


AGREE_ALL: FormAction[None, DecisionForm] = FormAction(
    name="agree_moderated_categories",
    resource=list_resource("/categories/agreement", "/categories"),
    slug="",
    permission=Permission.AGREE_CATEGORY,
    title="Record the board’s decision on all moderated categories",
    intro="They are agreed as they were moderated. Record a category that the board changed on its own page first.",
    submit="Record this decision",
    form=DecisionForm,
    valid=lambda asked: asked.form.check(asked.person.today),
    run=_agree_all,
)


async def _notify(asked: FormRequest[CategoryRow, Form]) -> PageResult:
    held = await actions.notify_category(asked.session, asked.person, asked.record)
    return Redirect(CATEGORY.url(asked.record), sentence(held))


NOTIFY: FormAction[CategoryRow, Form] = FormAction(
    name="notify_category",
    resource=CATEGORY,
    slug="notification",
    permission=PROPOSE,
    states=("agreed",),
    label="Notify the headteacher",
    intro="The headteacher and those who govern the school can then read the letter. The time for an appeal begins. "
    "You cannot take it back. From noon on a Friday, on closed days and near the end of a term, "
    "the message waits for a school morning.",
    form=Form,
    run=_notify,
)


async def _notify_all(asked: FormRequest[None, Form]) -> PageResult:
    require_used(asked.person)
    count = await actions.notify_all(asked.session, asked.person)
    return Redirect("/categories", f"The headteachers of {format_count(count, 'school')} are notified.")


NOTIFY_ALL: FormAction[None, Form] = FormAction(
    name="notify_agreed_categories",
    resource=list_resource("/categories/notifications", "/categories"),
    slug="",
    permission=PROPOSE,
    title="Notify the headteachers of all agreed categories",
    intro="Each headteacher and those who govern the school can then read their letter. The time for an appeal begins. "
    "You cannot take it back.",
    submit="Notify these headteachers",
    form=Form,
    run=_notify_all,
)


async def _change(asked: FormRequest[CategoryRow, AgreementForm]) -> None:
    form = asked.form
    values = {
        "category_after": form.chosen,
        "reasons": form.reasons.data,
        "decided_on": form.agreed_on.data,
        "decision_reference": form.decision_reference.data,
    }
    await actions.change_in_year(asked.session, asked.person, asked.record, values)


CHANGE: FormAction[CategoryRow, AgreementForm] = FormAction(
    name="change_category_in_year",
    resource=CATEGORY,
    slug="change",
    permission=Permission.AGREE_CATEGORY,
    states=("in_force",),
    relevant=lambda _, row: not row.narrative,
    label="Change within the year",
    intro="The new category applies at once, and the headteacher is notified. The earlier one stays on record.",
    submit="Record this change",
    form=AgreementForm,
    choices=_offer_decision,
    valid=lambda asked: (
        asked.form.check_change(asked.record.category, asked.record.narrative)
        & asked.form.check_decision(asked.person.today)
    ),
    said="The change is recorded. The headteacher is notified.",
    run=_change,
)
WITHDRAW = FormAction(
    name="withdraw_category",
    resource=CATEGORY,
    slug="withdrawal",
    permission=PROPOSE,
    states=("proposed", "discussed", "moderated", "agreed"),
    label="Withdraw",
    title="Withdraw this proposal",
    intro="You cannot undo this. You can propose another category for the same year.",
    submit="Withdraw this proposal",
    warning=True,
    form=reason_form("Reason", "Enter a reason"),
    said="The proposal is withdrawn.",
    run=lambda asked: actions.withdraw_category(
        asked.session, asked.person, asked.record, asked.form.note.data
    ),
)
ACTIONS = (DISCUSS, INVITE, AGREE, NOTIFY, CHANGE, EDIT, PANEL, WITHDRAW)
OF_LIST = (NEW, FROM_PROFILES, AGREE_ALL, NOTIFY_ALL)
