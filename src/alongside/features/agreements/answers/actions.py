"""Commands that answer a proposal: accept, decline, ask for more time, propose other terms, release the leader."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.actions import prepare_agreement
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    SUPPORTING,
    NotificationText,
    notify_schools,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.proposal import (
    ACCEPT,
    AGREE,
    ASK_RELEASE,
    COUNTER,
    DECLINE,
    MORE_TIME,
    REFUSE_RELEASE,
    RELEASE,
    SUPERSEDE,
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
from alongside.features.agreements.proposals.hard_rules import explain_barred_pair, next_term
from alongside.features.agreements.proposals.queries import (
    live_proposals_of_need,
    lock_proposal,
)
from alongside.features.agreements.proposals.terms import Terms
from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.access.records import may_on
from alongside.platform.web.formatting import format_date, format_days
from alongside.platform.workflow import Transition, apply_transition


async def accept_proposal(
    session: AsyncSession, person: Principal, proposal_id: UUID, terms_version: int
) -> UUID | None:
    """Accept the terms that were shown. Returns the agreement's id when this was the last acceptance.

    The second acceptance creates the agreement, unless the supporting school's headteacher must release the leader
    first. Raises ActionRefused when the terms have changed, or when need, offer or days are no longer
    available.
    """
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    _refuse_unless_proposed(row)
    refuse_late(person, row)
    _refuse_other_terms(row, terms_version)
    if getattr(row, f"{side}_accepted_at") is not None:
        raise ActionRefused(
            f"{school_on(side, row)} has accepted already. "
            f"It now waits for {school_on(OTHER_SIDE[side], row)}.",
            row.state,
        )
    await refuse_what_cannot_be(session, person, row)
    released = row.released_by_head or (may_on(person, Permission.RELEASE_LEADER, row))
    accepted: dict[str, Any] = {f"{side}_accepted_at": datetime.now(UTC), "released_by_head": released}
    if getattr(row, f"{OTHER_SIDE[side]}_accepted_at") is None:
        await _apply_checked_transition(session, person, row, ACCEPT, **accepted)
        await _notify_other_school(
            session, person, row, side, "proposal_accepted", "has accepted the proposal"
        )
        return None
    if not row.leader_is_head and not released:
        days = days_to_answer(person, row.urgency)
        due = await deadline_columns(session, person, [row.supporting_urn], person.today, days)
        await _apply_checked_transition(session, person, row, ASK_RELEASE, **accepted, **due)
        await notify_schools(
            session,
            person,
            [row.supporting_urn],
            NotificationText(
                "release_asked",
                f"{row.leader_name} is asked for by {row.requesting_name}. The headteacher must release them.",
                f"/proposals/{row.id}",
                f"release_asked:{row.id}:{row.version}",
            ),
        )
        return None
    await _apply_checked_transition(session, person, row, AGREE, **accepted)
    return await _conclude(session, person, row)


async def release_leader(session: AsyncSession, person: Principal, proposal_id: UUID) -> UUID:
    """Release the leader as the supporting school's headteacher, which creates the agreement.

    Returns the agreement.
    """
    row = await lock_proposal(session, person, Permission.RELEASE_LEADER, proposal_id)
    refuse_late(person, row)
    if row.state == "to_release":
        await refuse_what_cannot_be(session, person, row)
    await _apply_checked_transition(session, person, row, RELEASE, released_by_head=True)
    return await _conclude(session, person, row)


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
    values: dict[str, Any] = {
        "declined_by": side,
        "decline_reason": reason,
        "not_again_before": next_term(person),
    }
    await apply_transition(session, person, Proposal, row, DECLINE, note=note, **values)
    await go_on_looking(session, person, row)
    await tell_end(
        session, person, row, "proposal_declined", f"{school_on(side, row)} has declined the proposal."
    )


async def ask_more_time(session: AsyncSession, person: Principal, proposal_id: UUID) -> date:
    """Extend the deadline, once for each side. Returns the new deadline."""
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    _refuse_unless_proposed(row)
    refuse_late(person, row)
    if getattr(row, f"{side}_accepted_at") is not None:
        raise ActionRefused("Your school has accepted already, so it needs no more time.", row.state)
    if getattr(row, f"{side}_had_more_time"):
        raise ActionRefused(
            "Your school has had more time once. Accept, decline, or propose other terms.", row.state
        )
    more = settings_of(person.authority_id).clocks.more_time
    asked = sorted(who_must_answer(row))
    values = await more_days_columns(session, person, row, asked, more)
    until: date = values["respond_by"]
    values[f"{side}_had_more_time"] = True
    changes = {"respond_by": [row.respond_by.isoformat(), until.isoformat()]}
    await apply_transition(session, person, Proposal, row, MORE_TIME, changes=changes, **values)
    await _notify_other_school(
        session, person, row, side, "more_time_asked", f"will answer the proposal by {format_date(until)}"
    )
    return until


async def counter_propose(
    session: AsyncSession, person: Principal, proposal_id: UUID, terms: Terms, terms_version: int
) -> None:
    """Make a counter-proposal: this side accepts the new terms, and the other side must answer again."""
    row = await lock_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    side = own_side(person, Permission.ANSWER_PROPOSAL, row)
    _refuse_unless_proposed(row)
    refuse_late(person, row)
    _refuse_other_terms(row, terms_version)
    await refuse_what_cannot_be(session, person, row, days=terms.days, begins=terms.starts_on)
    accepted: dict[str, Any] = {
        f"{side}_accepted_at": datetime.now(UTC),
        f"{OTHER_SIDE[side]}_accepted_at": None,
    }
    days = days_to_answer(person, row.urgency)
    due = await deadline_columns(session, person, [urn_on(OTHER_SIDE[side], row)], person.today, days)
    await _apply_checked_transition(
        session,
        person,
        row,
        COUNTER,
        note=terms.message or None,
        changes=_changed_terms(row, terms),
        terms_version=row.terms_version + 1,
        released_by_head=may_on(person, Permission.RELEASE_LEADER, row),
        **due,
        **accepted,
        **terms.columns(),
    )
    await _notify_other_school(session, person, row, side, "counter_proposed", "proposes other days or dates")


async def _apply_checked_transition(
    session: AsyncSession, person: Principal, row: Any, move: Transition, **values: Any
) -> None:
    """Apply a transition after the hard rules passed. A trigger checks them again in the same statement."""
    with explain_barred_pair(person, row):
        await apply_transition(session, person, Proposal, row, move, **values)


async def _conclude(session: AsyncSession, person: Principal, row: Any) -> UUID:
    """Create the agreement and its consequences in the transaction of the last acceptance."""
    made = await prepare_agreement(session, person, row)
    product = system(person.authority_id, person.today)
    for other in await live_proposals_of_need(session, person.authority_id, row.need_id):
        await apply_transition(session, product, Proposal, other, SUPERSEDE)
        await notify_schools(
            session,
            person,
            [other.supporting_urn],
            NotificationText(
                "proposal_superseded",
                f"{other.requesting_name} has agreed other support for “{other.need_title}”.",
                f"/proposals/{other.id}",
                f"proposal_superseded:{other.id}",
            ),
        )
    return made


def _refuse_unless_proposed(row: Any) -> None:
    if row.state != "proposed":
        raise ActionRefused(
            f"This can no longer be done: it is now “{row.state.replace('_', ' ')}”.", row.state
        )


def _refuse_other_terms(row: Any, terms_version: int) -> None:
    if row.terms_version != terms_version:
        raise ActionRefused(
            "The other side has proposed other terms meanwhile. Read them, then answer.", row.state
        )


def _changed_terms(row: Any, terms: Terms) -> Mapping[str, Any]:
    compared = {"days": terms.days, "starts_on": terms.starts_on, "ends_on": terms.ends_on}
    return {
        name: [str(getattr(row, name)), str(value)]
        for name, value in compared.items()
        if getattr(row, name) != value
    }


async def _notify_other_school(
    session: AsyncSession, person: Principal, row: Any, side: str, kind: str, did: str
) -> None:
    """Notify the other school of this school's action."""
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            kind,
            (
                f"{school_on(side, row)} {did}: {format_days(row.days)} for “{row.need_title}”."
                if kind == "proposal_accepted"
                else f"{school_on(side, row)} {did}."
            ),
            f"/proposals/{row.id}",
            f"{kind}:{row.id}:{row.version}",
        ),
    )
