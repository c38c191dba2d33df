"""Checks whether a pair can be proposed or agreed today: states of need and offer first, then the hard rules."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.proposals import hard_rules
from alongside.features.agreements.proposals.hard_rules import Pairing
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.authorities import settings_of
from alongside.features.offers.confirmation import fresh_since
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_days


async def obstacle_to(
    session: AsyncSession,
    person: Principal,
    row: ProposalRow | Pairing,
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
    if isinstance(row, ProposalRow):
        if row.need_content_version != row.need_content_now:
            obstacles.append("need_changed")
        if row.offer_content_version != row.offer_content_now:
            obstacles.append("offer_changed")
    calendar = await calendar_of_school(session, person.authority_id, row.supporting_urn)
    fresh = fresh_since(calendar, settings_of(person.authority_id), person.today)
    return blocking_reason(row, fresh, days) or hard_rules.in_sentence(person, obstacles, row)


async def refuse_what_cannot_be(
    session: AsyncSession,
    person: Principal,
    row: ProposalRow | Pairing,
    *,
    days: Decimal | None = None,
    begins: date | None = None,
    side: str | None = None,
) -> None:
    """Refuse when need, offer or a hard rule does not allow the proposal. The rows must be locked.

    Takes the same terms as `obstacle_to`. Raises ActionRefused with its sentence.
    """
    reason = await obstacle_to(session, person, row, days=days, begins=begins, side=side)
    if reason is not None:
        raise ActionRefused(reason, row.state)


def blocking_reason(row: ProposalRow | Pairing, fresh: date, days: Decimal | None = None) -> str | None:
    """One sentence that says why this proposal cannot be agreed today; None when it can.

    `fresh` is the earliest day of confirmation with which the offer is current (`offers.confirmation`).
    """
    wanted = row.days if days is None else days
    if row.need_state in ("agreed", "in_support"):
        return f"{row.requesting_name} has meanwhile agreed other support for this need."
    if row.need_state not in ("open", "proposed"):
        return f"{row.requesting_name} is not looking for support with this need now. Choose another need."
    if row.offer_state == "exhausted" or row.days_left <= 0:
        return (
            f"{row.supporting_name} has meanwhile promised all days of this offer to other schools. "
            "Choose another offer, or propose this one again when it has days left."
        )
    if row.offer_state != "live":
        return f"{row.supporting_name} has paused or withdrawn this offer. Look for another one."
    if row.confirmed_on is None or row.confirmed_on < fresh:
        return (
            f"{row.supporting_name} has not confirmed this offer recently."
            " Ask them to confirm it, then propose it again."
        )
    if row.days_left < wanted:
        return (
            f"{row.supporting_name} has only {format_days(row.days_left)} of this offer left, "
            f"and {format_days(wanted)} would be needed. Propose fewer days, or look for another offer."
        )
    if row.places_left <= 0:
        return (
            f"{row.supporting_name} already supports as many schools at once as it can. "
            "Wait until one is finished, or look for another offer."
        )
    return None
