"""Accepting a proposal and releasing its leader; the last acceptance creates the agreement."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.models import PREPARE, SupportAgreement
from alongside.features.agreements.parties import (
    LEADER,
    OTHER_SIDE,
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
    RELEASE,
    SUPERSEDE,
    Proposal,
)
from alongside.features.agreements.proposals.checks import refuse_what_cannot_be
from alongside.features.agreements.proposals.deadlines import (
    days_to_answer,
    deadline_columns,
    refuse_late,
)
from alongside.features.agreements.proposals.hard_rules import constraint_messages, explain_barred_pair
from alongside.features.agreements.proposals.queries import (
    ProposalRow,
    live_proposals_of_need,
    lock_proposal,
)
from alongside.features.agreements.queries import NeedState
from alongside.features.agreements.signing.deadlines import signature_due
from alongside.features.authorities import settings_of
from alongside.features.funding.requester import name_person
from alongside.features.needs.models import AGREE_NEED, Need
from alongside.features.offers.balance.actions import balance_offer
from alongside.features.people.queries import ids, leaders_of_schools
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.access.records import may_on
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.notifications import notify
from alongside.platform.school_calendar.calendar import add_school_days
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
    refuse_unless_proposed(row)
    refuse_late(person, row)
    refuse_other_terms(row, terms_version)
    if getattr(row, f"{side}_accepted_at") is not None:
        raise ActionRefused(
            f"{school_on(side, row)} has accepted already. "
            f"It now waits for {school_on(OTHER_SIDE[side], row)}.",
            row.state,
        )
    await refuse_what_cannot_be(session, person, row)
    released = row.released_by_head or (may_on(person, Permission.RELEASE_LEADER, row))
    accepted: dict[str, object] = {f"{side}_accepted_at": datetime.now(UTC), "released_by_head": released}
    if getattr(row, f"{OTHER_SIDE[side]}_accepted_at") is None:
        await apply_checked_transition(session, person, row, ACCEPT, accepted)
        await notify_other_school(
            session, person, row, side, "proposal_accepted", "has accepted the proposal", row.respond_by
        )
        return None
    if not row.leader_is_head and not released:
        days = days_to_answer(person, row.urgency)
        due = await deadline_columns(session, person, [row.supporting_urn], person.today, days)
        await apply_checked_transition(session, person, row, ASK_RELEASE, {**accepted, **due})
        await notify_schools(
            session,
            person,
            [row.supporting_urn],
            NotificationText(
                "release_asked",
                f"{row.leader_name} is asked for by {row.requesting_name}. "
                f"The headteacher must release them by {format_date(due['respond_by'])}.",
                f"/proposals/{row.id}",
                f"release_asked:{row.id}:{row.version}",
                asks=True,
            ),
        )
        return None
    await apply_checked_transition(session, person, row, AGREE, accepted)
    return await _conclude(session, person, row)


async def release_leader(session: AsyncSession, person: Principal, proposal_id: UUID) -> UUID:
    """Release the leader as the supporting school's headteacher, which creates the agreement.

    Returns the agreement.
    """
    row = await lock_proposal(session, person, Permission.RELEASE_LEADER, proposal_id)
    refuse_late(person, row)
    if row.state == "to_release":
        await refuse_what_cannot_be(session, person, row)
    await apply_checked_transition(session, person, row, RELEASE, {"released_by_head": True})
    return await _conclude(session, person, row)


async def apply_checked_transition(
    session: AsyncSession,
    person: Principal,
    row: ProposalRow,
    move: Transition,
    written: Mapping[str, object],
    *,
    note: str | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Apply a transition after the hard rules passed. A trigger checks them again in the same statement."""
    with explain_barred_pair(person, row):
        await apply_transition(
            session, person, Proposal, row, move, note=note, changes=changes, written=written
        )


async def _conclude(session: AsyncSession, person: Principal, row: ProposalRow) -> UUID:
    """Create the agreement and its consequences in the transaction of the last acceptance."""
    made = await _prepare_agreement(session, person, row)
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


async def _prepare_agreement(session: AsyncSession, person: Principal, proposal: ProposalRow) -> UUID:
    """Create an agreement from an accepted proposal. A trigger takes its days from the pool in the same statement.

    The offer, the need and the proposal must be locked. Raises ActionRefused when the offer has too few days or
    the place.
    """
    made = SupportAgreement(
        authority_id=person.authority_id,
        proposal_id=proposal.id,
        need_id=proposal.need_id,
        offer_id=proposal.offer_id,
        requesting_urn=proposal.requesting_urn,
        supporting_urn=proposal.supporting_urn,
        state=PREPARE.end,
        days=proposal.days,
        starts_on=proposal.starts_on,
        ends_on=proposal.ends_on,
        agreed_on=person.today,
        challenge_until=await _challenge_until(session, person, proposal)
        if proposal.proposed_as == LEADER
        else None,
    )
    await name_person(session, person)
    session.add(made)
    with explain_constraints(constraint_messages(proposal), proposal.state):
        await session.flush()
    urns = (made.requesting_urn, made.supporting_urn)
    await record_audit(session, person, PREPARE.verb, "support_agreement", made.id, schools=urns)
    product = system(person.authority_id, person.today)
    need = NeedState(proposal.need_id, proposal.requesting_urn, proposal.need_state)
    await apply_transition(session, product, Need, need, AGREE_NEED)
    if proposal.days >= proposal.days_left:
        await balance_offer(session, person, proposal.offer_id)
    await _tell_of_agreement(session, person, proposal, made)
    return made.id


async def _tell_of_agreement(
    session: AsyncSession, person: Principal, proposal: ProposalRow, made: SupportAgreement
) -> None:
    """Notify both schools of what they must do next and by when, and their leads that nothing is asked of them."""
    schools = f"{proposal.supporting_name} and {proposal.requesting_name}"
    said = f"{schools} have agreed {format_days(proposal.days)} of support."
    due = await signature_due(session, person, proposal.requesting_urn, person.today)
    path, once = f"/agreements/{made.id}", f"agreement_agreed:{made.id}"
    urns = [proposal.requesting_urn, proposal.supporting_urn]
    asked = f"{said} Add an aim and sign by {format_date(due)}."
    await notify_schools(
        session, person, urns, NotificationText("agreement_agreed", asked, path, once, asks=True)
    )
    leaders = await leaders_of_schools(session, person.authority_id, person.today, urns)
    await notify(session, person, ids(leaders), "agreement_agreed", said, path, once=once)


async def _challenge_until(session: AsyncSession, person: Principal, proposal: ProposalRow) -> date:
    """The last day on which either school can challenge a match made today, in school days of both schools."""
    days = settings_of(person.authority_id).periods.challenge_window
    urns = (proposal.requesting_urn, proposal.supporting_urn)
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    return max(add_school_days(one, person.today, days) for one in calendars.values())


def refuse_unless_proposed(row: ProposalRow) -> None:
    """Refuse when the proposal is no longer open for answers. Raises ActionRefused."""
    if row.state != "proposed":
        raise ActionRefused(
            f"This can no longer be done: it is now “{row.state.replace('_', ' ')}”.", row.state
        )


def refuse_other_terms(row: ProposalRow, terms_version: int) -> None:
    """Refuse when the terms have changed since they were shown. Raises ActionRefused."""
    if row.terms_version != terms_version:
        raise ActionRefused(
            "The other side has proposed other terms meanwhile. Read them, then answer.", row.state
        )


async def notify_other_school(
    session: AsyncSession,
    person: Principal,
    row: ProposalRow,
    side: str,
    kind: str,
    did: str,
    answer_by: date | None = None,
) -> None:
    """Notify the other school of this school's action, and of the day by which it must answer."""
    text = (
        f"{school_on(side, row)} {did}: {format_days(row.days)} for “{row.need_title}”."
        if kind == "proposal_accepted"
        else f"{school_on(side, row)} {did}."
    )
    asks = answer_by is not None
    if asks:
        text += f" Please answer by {format_date(answer_by)}."
    path, once = f"/proposals/{row.id}", f"{kind}:{row.id}:{row.version}"
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(kind, text, path, once, asks),
    )
