"""Answers to a proposal that do not accept it: decline, withdraw, more time, other terms, no release of the leader."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.acceptance.actions import (
    apply_checked_transition,
    notify_other_school,
    refuse_other_terms,
    refuse_unless_proposed,
)
from alongside.features.agreements.parties import (
    LEADER,
    OTHER_SIDE,
    SUPPORTING,
    own_side,
    party_of,
    school_on,
    urn_on,
)
from alongside.features.agreements.proposal import (
    COUNTER,
    DECLINE,
    MORE_TIME,
    REFUSE_RELEASE,
    WITHDRAW,
    Proposal,
)
from alongside.features.agreements.proposals.checks import refuse_what_cannot_be
from alongside.features.agreements.proposals.deadlines import (
    days_to_answer,
    deadline_columns,
    more_days_columns,
    refuse_late,
    who_must_answer,
)
from alongside.features.agreements.proposals.endings import go_on_looking, tell_end
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposals.hard_rules import next_term
from alongside.features.agreements.proposals.queries import ProposalRow, lock_proposal
from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition


async def refuse_release(session: AsyncSession, person: Principal, proposal_id: UUID, words: str) -> None:
    """Refuse to release the leader, with a reason. The proposal is declined."""
    row = await lock_proposal(session, person, Permission.RELEASE_LEADER, proposal_id)
    refuse_late(person, row)
    await apply_transition(
        session,
        person,
        Proposal,
        row,
        REFUSE_RELEASE,
        note=words,
        declined_by=SUPPORTING,
        not_again_before=next_term(person),
    )
    await go_on_looking(session, person, row)
    await tell_end(
        session, person, row, "release_refused", f"{row.supporting_name} cannot release the leader."
    )


async def refuse_proposal(
    session: AsyncSession, person: Principal, proposal_id: UUID, reason: str, words: str
) -> None:
    """Decline a proposal with a reason from the authority's list and, where it requires one, an explanation.

    Raises ValidationFailed for an unknown reason or a missing explanation.
    """
    reasons = settings_of(person.authority_id).decline_reasons
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    if reason not in reasons:
        raise ValidationFailed({"reason": ["Choose a reason from the list."]})
    if reasons[reason].needs_words and not words.strip():
        raise ValidationFailed({"words": ["Say in a few words why, so that the other school knows."]})
    refuse_late(person, row)
    note = ": ".join(part for part in (reasons[reason].label, words.strip()) if part)
    values: dict[str, object] = {
        "declined_by": side,
        "decline_reason": reason,
        "not_again_before": next_term(person),
    }
    await apply_transition(session, person, Proposal, row, DECLINE, note=note, written=values)
    await go_on_looking(session, person, row)
    await tell_end(
        session, person, row, "proposal_declined", f"{school_on(side, row)} has declined the proposal."
    )


async def ask_more_time(session: AsyncSession, person: Principal, proposal_id: UUID) -> date:
    """Extend the deadline, once for each side. Returns the new deadline."""
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    refuse_unless_proposed(row)
    refuse_late(person, row)
    if getattr(row, f"{side}_accepted_at") is not None:
        raise ActionRefused("Your school has accepted already, so it needs no more time.", row.state)
    if getattr(row, f"{side}_had_more_time"):
        raise ActionRefused(
            "Your school has had more time once. Accept, decline, or propose other terms.", row.state
        )
    more = settings_of(person.authority_id).periods.more_time
    asked = sorted(who_must_answer(row))
    due = await more_days_columns(session, person, row, asked, more)
    until = due["respond_by"]
    changes = {"respond_by": [row.respond_by.isoformat(), until.isoformat()]}
    values = {**due, f"{side}_had_more_time": True}
    await apply_transition(session, person, Proposal, row, MORE_TIME, changes=changes, written=values)
    await notify_other_school(
        session, person, row, side, "more_time_asked", f"will answer the proposal by {format_date(until)}"
    )
    return until


async def counter_propose(
    session: AsyncSession, person: Principal, proposal_id: UUID, terms: Terms, terms_version: int
) -> None:
    """Make a counter-proposal: this side accepts the new terms, and the other side must answer again."""
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    refuse_unless_proposed(row)
    refuse_late(person, row)
    refuse_other_terms(row, terms_version)
    await refuse_what_cannot_be(session, person, row, days=terms.days, begins=terms.starts_on)
    days = days_to_answer(person, row.urgency)
    due = await deadline_columns(session, person, [urn_on(OTHER_SIDE[side], row)], person.today, days)
    await apply_checked_transition(
        session,
        person,
        row,
        COUNTER,
        {
            "terms_version": row.terms_version + 1,
            "released_by_head": may_on(person, Permission.RELEASE_LEADER, row),
            f"{side}_accepted_at": datetime.now(UTC),
            f"{OTHER_SIDE[side]}_accepted_at": None,
            **due,
            **terms.columns(),
        },
        note=terms.message or None,
        changes=_changed_terms(row, terms),
    )
    await notify_other_school(
        session, person, row, side, "counter_proposed", "proposes other days or dates", due["respond_by"]
    )


def _changed_terms(row: ProposalRow, terms: Terms) -> Mapping[str, object]:
    compared = {"days": terms.days, "starts_on": terms.starts_on, "ends_on": terms.ends_on}
    return {
        name: [str(getattr(row, name)), str(value)]
        for name, value in compared.items()
        if getattr(row, name) != value
    }


async def withdraw_proposal(session: AsyncSession, person: Principal, proposal_id: UUID) -> None:
    """Withdraw a proposal: a school that has accepted it, or a leader when a leader made it."""
    row = await lock_proposal(session, person, Permission.WITHDRAW_PROPOSAL, proposal_id)
    side = party_of(person, row)
    if side is None and row.proposed_as != LEADER:
        raise ActionRefused(
            "Only these schools can withdraw this proposal. Ask one of them to withdraw it.", row.state
        )
    if side is not None and getattr(row, f"{side}_accepted_at") is None:
        raise ActionRefused("You have not accepted this proposal: decline it, and say why.", row.state)
    await apply_transition(session, person, Proposal, row, WITHDRAW)
    await go_on_looking(session, person, row)
    await tell_end(
        session,
        person,
        row,
        "proposal_withdrawn",
        f"The proposal of {row.supporting_name} for {row.requesting_name} has been withdrawn.",
    )
