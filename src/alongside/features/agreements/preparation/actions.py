"""Creating a support agreement from an accepted proposal."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import (
    PREPARE,
    SupportAgreement,
)
from alongside.features.agreements.parties import (
    LEADER,
    NamedSides,
    NotificationText,
    notify_schools_and_leads,
)
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.agreements.queries import NeedState
from alongside.features.authorities import settings_of
from alongside.features.needs.models import (
    AGREE_NEED,
    Need,
)
from alongside.features.offers.balance.actions import balance_offer
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.web.formatting import format_days
from alongside.platform.workflow import apply_transition


def constraint_messages(row: NamedSides) -> dict[str, Message]:
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


async def prepare_agreement(session: AsyncSession, person: Principal, proposal: ProposalRow) -> UUID:
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
    need = NeedState(proposal.need_id, proposal.requesting_urn, proposal.need_state)
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


async def _challenge_until(session: AsyncSession, person: Principal, proposal: ProposalRow) -> date:
    """The last day on which either school can challenge a match made today, in school days of both schools."""
    days = settings_of(person.authority_id).periods.challenge_window
    urns = (proposal.requesting_urn, proposal.supporting_urn)
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    return max(add_school_days(one, person.today, days) for one in calendars.values())
