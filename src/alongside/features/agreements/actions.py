"""Commands that create, sign, challenge, close and end support agreements."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements import amendment, visit
from alongside.features.agreements.models import (
    BEGIN,
    CHALLENGE,
    CLOSE,
    END_EARLY,
    PREPARE,
    SIGN,
    SupportAgreement,
)
from alongside.features.agreements.parties import (
    LEADER,
    OTHER_SIDE,
    NotificationText,
    notify_schools,
    notify_schools_and_leads,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.queries import aims_of, left_over, lock_agreement, need_of
from alongside.features.agreements.signed_versions.actions import keep_signed_version
from alongside.features.authorities import settings_of
from alongside.features.authorities.calendar import add_school_days
from alongside.features.needs.models import (
    AGREE_NEED,
    BEGIN_SUPPORT,
    LOOK_AGAIN,
    MEET_NEED,
    NOT_MEET_NEED,
    PART_MEET_NEED,
    Need,
)
from alongside.features.offers.actions import balance_offer
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.web.formatting import format_date, format_days
from alongside.platform.workflow import apply_transition


def constraint_messages(row: Any) -> dict[str, Message]:
    """The sentence for each constraint that an action on an agreement or its proposal can violate."""
    return {
        "ck_offer_days_left": f"{row.supporting_name} has meanwhile promised days of this offer to other schools, and "
        "too few are left. Propose fewer days, or look for another offer.",
        "ck_offer_engagements_left": f"{row.supporting_name} has meanwhile agreed to support as many schools at once "
        "as it can. Wait until one is finished, or look for another offer.",
        "uq_agreement_live_need": f"{row.requesting_name} has meanwhile agreed other support for this need.",
        "ck_support_agreement_not_years_ago": "The support cannot begin more than a year before it was agreed. "
        "Choose a later first day.",
        "visit_not_before_agreement": "The visit is earlier than the support itself. Choose a later day.",
        "ck_support_agreement_days_used": "More days have been used than that. Look at the visits recorded so far.",
    }


async def prepare_agreement(session: AsyncSession, person: Principal, proposal: Any) -> UUID:
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
    session.add(made)
    with explain_constraints(constraint_messages(proposal), proposal.state):
        await session.flush()
    urns = (made.requesting_urn, made.supporting_urn)
    await record_audit(session, person, PREPARE.verb, "support_agreement", made.id, schools=urns)
    product = system(person.authority_id, person.today)
    need = await need_of(session, person.authority_id, proposal.need_id)
    await apply_transition(session, product, Need, need, AGREE_NEED)
    await balance_offer(session, person, proposal.offer_id)
    await notify_schools_and_leads(
        session,
        person,
        proposal,
        NotificationText(
            "agreement_agreed",
            f"{proposal.supporting_name} and {proposal.requesting_name} have agreed "
            f"{format_days(proposal.days)} of support.",
            f"/agreements/{made.id}",
            f"agreement_agreed:{made.id}",
        ),
    )
    return made.id


async def sign_agreement(
    session: AsyncSession, person: Principal, agreement_id: UUID, agreement_version: int
) -> None:
    """Sign an agreement as a headteacher, in the version that was shown. Support begins with the second signature.

    Raises ActionRefused when the agreement has changed since, has no aim, or this side has signed already.
    """
    row = await lock_agreement(session, person, Permission.SIGN_AGREEMENT, agreement_id, pool=True)
    side = own_side(person, Permission.SIGN_AGREEMENT, row)
    if row.state != "preparing":
        raise ActionRefused("This agreement cannot be signed any more.", row.state)
    if row.agreement_version != agreement_version:
        raise ActionRefused(
            "The agreement has changed since you opened it. Read it again, then sign.", row.state
        )
    if not await aims_of(session, person.authority_id, agreement_id):
        raise ActionRefused("There is no aim yet. Write at least one before you sign.", row.state)
    if getattr(row, f"{side}_signed_at") is not None:
        raise ActionRefused(f"{school_on(side, row)} has signed this agreement already.", row.state)
    signed: dict[str, Any] = {f"{side}_signed_at": datetime.now(UTC), f"{side}_signed_by": person.id}
    if getattr(row, f"{OTHER_SIDE[side]}_signed_at") is None:
        await apply_transition(session, person, SupportAgreement, row, SIGN, **signed)
        text = f"{school_on(side, row)} has signed the agreement. It now waits for you."
        urns = [urn_on(OTHER_SIDE[side], row)]
        once = f"agreement_signed:{row.id}:{row.agreement_version}"
        await notify_schools(
            session, person, urns, NotificationText("agreement_signed", text, f"/agreements/{row.id}", once)
        )
        return
    await apply_transition(session, person, SupportAgreement, row, BEGIN, **signed)
    await keep_signed_version(session, person, row.id)
    need = await need_of(session, person.authority_id, row.need_id)
    await apply_transition(session, system(person.authority_id, person.today), Need, need, BEGIN_SUPPORT)
    text = f"Both headteachers have signed: {row.supporting_name} now supports {row.requesting_name}."
    await notify_schools_and_leads(
        session,
        person,
        row,
        NotificationText("agreement_began", text, f"/agreements/{row.id}", f"agreement_began:{row.id}"),
    )


async def end_early(
    session: AsyncSession, person: Principal, agreement_id: UUID, reason: str, words: str
) -> None:
    """End an agreement early: unused days return to the pool and the need is open again.

    `reason` is a key of the authority's list. Raises ActionRefused when the agreement has already ended.
    """
    reasons = settings_of(person.authority_id).ending_reasons
    row = await lock_agreement(session, person, Permission.END_AGREEMENT, agreement_id, pool=True)
    own_side(person, Permission.END_AGREEMENT, row)
    if reason not in reasons:
        raise ValidationFailed({"reason": ["Choose a reason from the list."]})
    note = ": ".join(part for part in (reasons[reason].label, words) if part)
    await apply_transition(session, person, SupportAgreement, row, END_EARLY, note=note, ended_because=reason)
    await _after_early_end(
        session,
        person,
        row,
        NotificationText(
            "agreement_ended",
            f"The agreement of {row.supporting_name} and {row.requesting_name} has ended before its time.",
            f"/agreements/{row.id}",
            f"agreement_ended:{row.id}",
        ),
    )


def no_challenge(person: Principal, row: Any) -> str | None:
    """A message that says why this match cannot be challenged today and what to do instead; None when it can."""
    if row.challenge_until is None:
        return "The schools proposed this match themselves. You can end it early, with a reason."
    if person.today > row.challenge_until:
        return (
            f"You could challenge this match until {format_date(row.challenge_until)}. "
            "You can still end it early, with a reason."
        )
    return None


async def challenge_match(session: AsyncSession, person: Principal, agreement_id: UUID, words: str) -> None:
    """Challenge a match that a lead made for both schools: it ends, and the leads are notified of the reason.

    Raises ActionRefused for a match that a school proposed, and after the last day to challenge.
    """
    row = await lock_agreement(session, person, Permission.END_AGREEMENT, agreement_id, pool=True)
    own_side(person, Permission.END_AGREEMENT, row)
    if refused := no_challenge(person, row):
        raise ActionRefused(refused, row.state)
    changed: dict[str, Any] = {"challenged_on": person.today, "ended_because": "challenged"}
    await apply_transition(session, person, SupportAgreement, row, CHALLENGE, note=words, **changed)
    await _after_early_end(
        session,
        person,
        row,
        NotificationText(
            "match_challenged",
            f"The match of {row.supporting_name} with {row.requesting_name} was challenged. The need is open again.",
            f"/agreements/{row.id}",
            f"match_challenged:{row.id}",
        ),
    )


async def _after_early_end(
    session: AsyncSession, person: Principal, row: Any, word: NotificationText
) -> None:
    product = system(person.authority_id, person.today)
    await apply_transition(
        session,
        product,
        Need,
        await need_of(session, person.authority_id, row.need_id),
        LOOK_AGAIN,
    )
    await wind_up(session, person, row)
    await notify_schools_and_leads(session, person, row, word)


async def _challenge_until(session: AsyncSession, person: Principal, proposal: Any) -> date:
    """The last day on which either school can challenge a match made today, in school days of both schools."""
    days = settings_of(person.authority_id).clocks.challenge_window
    urns = (proposal.requesting_urn, proposal.supporting_urn)
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    return max(add_school_days(one, person.today, days) for one in calendars.values())


async def close_agreement(session: AsyncSession, person: Principal, row: Any, outcome: str) -> None:
    """Close an agreement with the requesting school's outcome. Its offer and need must be locked."""
    product = system(person.authority_id, person.today)
    await apply_transition(session, product, SupportAgreement, row, CLOSE, outcome=outcome)
    ending = {"met": MEET_NEED, "part_met": PART_MEET_NEED, "not_met": NOT_MEET_NEED}[outcome]
    await apply_transition(
        session, product, Need, await need_of(session, person.authority_id, row.need_id), ending
    )
    await wind_up(session, person, row)
    await notify_schools_and_leads(
        session,
        person,
        row,
        NotificationText(
            "agreement_closed",
            f"The agreement of {row.supporting_name} and {row.requesting_name} is closed: both have reviewed it.",
            f"/agreements/{row.id}",
            f"agreement_closed:{row.id}",
        ),
    )


async def wind_up(session: AsyncSession, person: Principal, row: Any) -> None:
    """Follow-up of an ending: cancel planned visits, withdraw proposed amendments, and update the offer's state."""
    await balance_offer(session, person, row.offer_id)
    product = system(person.authority_id, person.today)
    for thing, states, move in (
        (visit.Visit, ("planned",), visit.DROP_VISIT),
        (amendment.Amendment, ("proposed",), amendment.DROP_AMENDMENT),
    ):
        for left in await left_over(session, person.authority_id, thing, row.id, states):
            await apply_transition(session, product, thing, left, move)
