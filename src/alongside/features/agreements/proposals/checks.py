"""Checks whether a pair can be proposed or agreed today: states of need and offer first, then the hard rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.agreements.proposals import hard_rules
from alongside.features.agreements.proposals.candidates import offer_to_propose
from alongside.features.agreements.proposals.status import blocking_reason
from alongside.features.agreements.proposals.terms import Terms
from alongside.features.authorities import settings_of
from alongside.features.offers.confirmation import fresh_since
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Pairing:
    """A need and an offer to be proposed, with the attributes that the checks read from a proposal."""

    need_id: UUID
    offer_id: UUID
    supporting_urn: int
    requesting_name: str
    supporting_name: str
    need_state: str
    offer_state: str
    confirmed_on: date | None
    days: Decimal
    days_left: Decimal
    places_left: int
    starts_on: date
    interest_reason: str | None
    state: str | None = None


def pairing_of(need: Any, offer: Any, terms: Terms, interest_reason: str | None) -> Pairing:
    """A Pairing of a need and an offer with these terms."""
    return Pairing(
        need_id=need.id,
        offer_id=offer.id,
        supporting_urn=offer.school_urn,
        requesting_name=need.school_name,
        supporting_name=offer.school_name,
        need_state=need.state,
        offer_state=offer.state,
        confirmed_on=offer.confirmed_on,
        days=terms.days,
        days_left=offer.days_left,
        places_left=offer.places_left,
        starts_on=terms.starts_on,
        interest_reason=interest_reason,
    )


async def obstacle_to(
    session: AsyncSession,
    person: Principal,
    row: Any,
    *,
    days: Decimal | None = None,
    begins: date | None = None,
    side: str | None = None,
) -> str | None:
    """One sentence that says why a proposal or a Pairing cannot be agreed today; None when it can.

    `days` and `begins` replace its own terms. `side` is the proposing side (None for an answer).
    """
    obstacles = await hard_rules.obstacles_of_pair(
        session,
        person,
        row.need_id,
        row.offer_id,
        begins or row.starts_on,
        side=side,
        interest_reason=row.interest_reason,
    )
    for thing in ("need", "offer"):
        answered, now = (getattr(row, f"{thing}_content_{one}", None) for one in ("version", "now"))
        if answered != now:
            obstacles.append(f"{thing}_changed")
    calendar = await calendar_of_school(session, person.authority_id, row.supporting_urn)
    fresh = fresh_since(calendar, settings_of(person.authority_id), person.today)
    return blocking_reason(row, fresh, days) or hard_rules.in_sentence(person, obstacles, row)


async def refuse_what_cannot_be(session: AsyncSession, person: Principal, row: Any, **terms: Any) -> None:
    """Refuse when need, offer or a hard rule does not allow the proposal. The rows must be locked.

    Takes the same terms as `obstacle_to`. Raises ActionRefused with its sentence.
    """
    reason = await obstacle_to(session, person, row, **terms)
    if reason is not None:
        raise ActionRefused(reason, row.state)


async def barred_choice(
    session: AsyncSession, person: Principal, need: Any, chosen: str, candidates: Sequence[Any]
) -> str | None:
    """One sentence that says why a chosen offer is not among the candidates for a need; None when it is.

    Also None for an offer that the person may not see.
    """
    try:
        offer_id = UUID(chosen)
    except ValueError:
        return None
    if any(row.id == offer_id for row in candidates):
        return None
    try:
        offer = await offer_to_propose(session, person, offer_id)
    except NotFound:
        return None
    terms = Terms(need.days or Decimal("0.5"), person.today, person.today, "")
    side = hard_rules.side_proposing(person, need.school_urn, offer.school_urn)
    return await obstacle_to(session, person, pairing_of(need, offer, terms, None), side=side)
