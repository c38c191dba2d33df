"""Actions that extend an offer and reopen an ended one."""

from collections.abc import Mapping

from alongside.errors import ActionRefused
from alongside.features.offers import actions
from alongside.features.offers.forms import ExtensionForm
from alongside.features.offers.models import REOPEN_OFFER
from alongside.features.offers.resource import OFFER
from alongside.features.offers.rows import OfferRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_days


def _promised(_: Principal, offer: OfferRow) -> str:
    return f"{format_days(offer.days_taken).capitalize()} of {format_days(offer.days_total)} are promised so far."


def _days_and_end(asked: ActionRequest[OfferRow]) -> Mapping[str, object]:
    return {"days_total": asked.record.days_total, "ends_on": asked.record.ends_on}


def _is_valid(asked: FormRequest[OfferRow, ExtensionForm]) -> bool:
    return asked.form.is_valid(asked.record, asked.person.today)


async def _extend(asked: FormRequest[OfferRow, ExtensionForm]) -> None:
    await actions.extend_offer(
        asked.session, asked.person, asked.record.id, asked.form.columns(), asked.version
    )


async def _reopen(asked: FormRequest[OfferRow, ExtensionForm]) -> None:
    offer = asked.record
    if offer.state != "ended":
        raise ActionRefused("This offer has not ended.", offer.state)
    await actions.reopen_offer(asked.session, asked.person, offer.id, asked.form.columns(), asked.version)


EXTEND = FormAction(
    name="extend_offer",
    resource=OFFER,
    slug="extension",
    permission=Permission.CHANGE_OFFER,
    states=("live", "paused", "exhausted"),
    refusal=lambda _, offer: actions.why_not_editable(offer),
    label="Extend",
    title="Extend this offer",
    intro=_promised,
    form=ExtensionForm,
    initial=_days_and_end,
    valid=_is_valid,
    version=lambda offer: offer.version,
    said="The offer is extended.",
    run=_extend,
)
REOPEN = FormAction(
    name="reopen_offer",
    resource=OFFER,
    slug="reopening",
    permission=Permission.CHANGE_OFFER,
    states=REOPEN_OFFER.starts,
    relevant=lambda _, offer: offer.posted_at is not None,
    label="Reopen",
    title="Reopen this offer",
    intro=_promised,
    form=ExtensionForm,
    initial=_days_and_end,
    valid=_is_valid,
    version=lambda offer: offer.version,
    said="The offer is live again.",
    run=_reopen,
)
routes = routes_of((EXTEND, REOPEN))
