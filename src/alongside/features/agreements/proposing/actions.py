"""Proposing an offer for a need."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.locks import hold_pool_and_need
from alongside.features.agreements.parties import (
    REQUESTING,
    SUPPORTING,
    NotificationText,
    notify_schools,
)
from alongside.features.agreements.proposal import (
    LAPSE,
    PROPOSE,
    Proposal,
)
from alongside.features.agreements.proposals import hard_rules
from alongside.features.agreements.proposals.checks import refuse_what_cannot_be
from alongside.features.agreements.proposals.deadlines import (
    days_to_answer,
    deadline_columns,
)
from alongside.features.agreements.proposals.endings import end_unanswered
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposals.hard_rules import Pairing, explain_barred_pair
from alongside.features.agreements.proposals.queries import (
    live_proposals_of_need,
)
from alongside.features.agreements.proposing.candidates import (
    need_to_propose_for,
    offer_to_propose,
    pairing_of,
)
from alongside.features.needs.models import RECEIVE_PROPOSAL, Need
from alongside.platform.access.authorisation import may, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition


async def propose(
    session: AsyncSession,
    person: Principal,
    need_id: UUID,
    offer_id: UUID,
    terms: Terms,
    *,
    interest_reason: str = "",
) -> UUID:
    """Propose an offer for a need.

    A school that proposes also accepts; after a lead's proposal both must answer. `interest_reason` says why
    a declared interest is overridden, where the authority allows it; both schools can read it.

    Raises NotFound for a post that the person cannot see or propose for, ActionRefused when the two
    cannot be paired now.
    """
    await hold_pool_and_need(session, person.authority_id, offer_id, need_id)
    await _end_late_proposals(session, person, need_id)
    need = await need_to_propose_for(session, person, need_id)
    offer = await offer_to_propose(session, person, offer_id)
    require(person, Permission.PROPOSE, need.school_urn, offer.school_urn)
    if need.school_urn == offer.school_urn:
        raise ActionRefused(
            "This need and this offer are of the same school. Look for an offer of another school."
        )
    side = hard_rules.side_proposing(person, need.school_urn, offer.school_urn)
    because = interest_reason.strip() if hard_rules.interest_may_be_set_aside(person) else ""
    pair = pairing_of(need, offer, terms, because or None)
    await refuse_what_cannot_be(session, person, pair, side=side)
    now = datetime.now(UTC)
    asked = {REQUESTING: [offer.school_urn], SUPPORTING: [need.school_urn]}.get(
        side, [need.school_urn, offer.school_urn]
    )
    days = days_to_answer(person, need.urgency)
    made = Proposal(
        authority_id=person.authority_id,
        need_id=need_id,
        offer_id=offer_id,
        requesting_urn=need.school_urn,
        supporting_urn=offer.school_urn,
        state=PROPOSE.end,
        proposed_by=person.id,
        proposed_as=side,
        **await deadline_columns(session, person, asked, person.today, days),
        requesting_accepted_at=now if side == REQUESTING else None,
        supporting_accepted_at=now if side == SUPPORTING else None,
        released_by_head=may(person, Permission.RELEASE_LEADER, offer.school_urn),
        interest_reason=because or None,
        **terms.columns(),
    )
    await _insert(session, person, made, pair)
    urns = (made.requesting_urn, made.supporting_urn)
    await record_audit(
        session, person, PROPOSE.verb, "proposal", made.id, schools=urns, note=terms.message or None
    )
    if need.state == "open":
        product = system(person.authority_id, person.today)
        await apply_transition(session, product, Need, need, RECEIVE_PROPOSAL)
    await _notify_asked_schools(session, person, made, pair, asked)
    return made.id


PROPOSED_ALREADY = {"uq_proposal_live": "This offer is proposed for this need already. Look under Proposals."}


async def _insert(session: AsyncSession, person: Principal, made: Proposal, pair: Pairing) -> None:
    session.add(made)
    with explain_constraints(PROPOSED_ALREADY), explain_barred_pair(person, pair):
        await session.flush()


async def _notify_asked_schools(
    session: AsyncSession, person: Principal, made: Proposal, pair: Pairing, asked: Sequence[int]
) -> None:
    text = (
        f"{pair.supporting_name} is proposed to support {pair.requesting_name}: please answer by "
        f"{format_date(made.respond_by)}."
    )
    await notify_schools(
        session,
        person,
        asked,
        NotificationText(
            "proposal_made", text, f"/proposals/{made.id}", f"proposal_made:{made.id}", asks=True
        ),
    )


async def _end_late_proposals(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """End the proposals for a need whose last day has passed, before the job does it. The need must be locked."""
    for row in await live_proposals_of_need(session, person.authority_id, need_id):
        if row.respond_by < person.today:
            await end_unanswered(session, system(person.authority_id, person.today), row, LAPSE)
