"""Helpers of the pages that change an offer: its row, the edited version, and field errors."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.offers import actions, queries
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal


async def changeable_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> Any:
    """An offer that this person may change. Raises NotFound, or ActionRefused when it has ended."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    refusal = actions.why_not_editable(offer)
    if refusal:
        raise ActionRefused(refusal, offer.state)
    return offer


def attach_field_errors(form: Any, problem: ValidationFailed) -> None:
    """Attach the errors of an action to the form's fields. Raises the problem when no field matches."""
    for name, sentences in problem.mistakes.items():
        if name not in form:
            raise problem
        form[name].errors = list(sentences)
