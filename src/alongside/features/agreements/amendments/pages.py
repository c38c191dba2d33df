"""Actions that propose and answer amendments."""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import Form

from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.amendment import AGREE_AMENDMENT
from alongside.features.agreements.amendments import actions
from alongside.features.agreements.amendments.forms import ChangeForm, as_agreed, change_form
from alongside.features.agreements.amendments.queries import AmendmentRow, amendments_of
from alongside.features.agreements.forms import REASON_FOR_OTHER_SCHOOL
from alongside.features.agreements.parties import party_of
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT, AMENDMENT
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest


async def _form(asked: ActionRequest[AgreementRow]) -> type[ChangeForm]:
    return change_form(await aims_of(asked.session, asked.person.authority_id, asked.record.id))


async def _as_agreed(asked: ActionRequest[AgreementRow]) -> Mapping[str, object]:
    aims = await aims_of(asked.session, asked.person.authority_id, asked.record.id)
    return as_agreed(asked.record, aims)


@dataclass(frozen=True, kw_only=True)
class ChangeContext(FormContext):
    """Whether a change is proposed already, so that no other can be proposed."""

    waiting: bool


async def _is_waiting(asked: FormRequest[AgreementRow, ChangeForm]) -> ChangeContext:
    changes = await amendments_of(asked.session, asked.person.authority_id, asked.record.id)
    return ChangeContext(waiting=any(one.state == "proposed" for one in changes))


async def _propose(asked: FormRequest[AgreementRow, ChangeForm]) -> None:
    await actions.propose_amendment(asked.session, asked.person, asked.record.id, asked.form.wanted())


async def _agree(asked: ActionRequest[AmendmentRow]) -> None:
    await actions.agree_amendment(asked.session, asked.person, asked.record.id, asked.version)


def _is_own(person: Principal, amendment: AmendmentRow) -> bool:
    return amendment.proposed_side == party_of(person, amendment)


def _is_others(person: Principal, amendment: AmendmentRow) -> bool:
    return not _is_own(person, amendment)


PROPOSE = FormAction(
    name="propose_amendment",
    creates=True,
    undo="withdraw_amendment",
    resource=AGREEMENT,
    slug="amendments",
    form_slug="amendments/new",
    permission=Permission.AMEND_AGREEMENT,
    states=("active",),
    label="Propose a change",
    submit="Propose this change",
    form=_form,
    initial=_as_agreed,
    template="agreements/change.html",
    context=_is_waiting,
    said="The change is proposed. The other headteacher has been asked.",
    run=_propose,
)
AGREE = FormAction(
    name="agree_amendment",
    resource=AMENDMENT,
    slug="agreement",
    permission=Permission.AMEND_AGREEMENT,
    states=AGREE_AMENDMENT.starts,
    relevant=_is_others,
    label="Agree to this change",
    version=lambda amendment: amendment.agreement_version,
    intro="The agreement changes at once, and both schools keep the new version. The other school is told.",
    form=Form,
    said="The change is made.",
    run=_agree,
)
REFUSE = FormAction(
    name="refuse_amendment",
    resource=AMENDMENT,
    slug="refusal",
    permission=Permission.AMEND_AGREEMENT,
    states=AGREE_AMENDMENT.starts,
    relevant=_is_others,
    label="Do not agree",
    title="Do not agree to this change",
    intro="The agreement stays as both headteachers signed it.",
    submit="Do not agree",
    warning=True,
    form=REASON_FOR_OTHER_SCHOOL,
    said="The other school has been told.",
    run=lambda asked: actions.refuse_amendment(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
WITHDRAW = ButtonAction(
    name="withdraw_amendment",
    undo="propose_amendment",
    resource=AMENDMENT,
    slug="withdrawal",
    permission=Permission.AMEND_AGREEMENT,
    states=AGREE_AMENDMENT.starts,
    relevant=_is_own,
    label="Withdraw this change",
    said="The proposed change is withdrawn.",
    run=lambda asked: actions.withdraw_amendment(asked.session, asked.person, asked.record.id),
)
ON_AN_AMENDMENT = (AGREE, REFUSE, WITHDRAW)
routes = routes_of((PROPOSE, *ON_AN_AMENDMENT))
