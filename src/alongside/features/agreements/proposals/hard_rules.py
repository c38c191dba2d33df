"""Messages for the hard rules and constraints: why a need and an offer cannot be paired, and what to do.

The rules are in PostgreSQL (`agreements/pairing.py`). This module queries them and turns refusals into messages.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from alongside.errors import ActionRefused
from alongside.features.agreements.parties import LEADER, REQUESTING, SUPPORTING, NamedSides
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.authorities import calendar_of, settings_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.constraints import Message, violated_constraint
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.web.formatting import format_date

PRIVATE = {
    "excluded": "One of the two schools has asked not to be paired with the other. Choose another offer.",
    "unfit": "The core team has suspended {giving} as a supporter. Choose another offer.",
    "interest": "Somebody has declared an interest between the two schools. Choose another offer.",
}
"""Obstacles that only the core team may read in full. Source: `matching`."""

NOT_SHOWN = "These two schools cannot be paired, for a reason that is not shown here. Choose another offer."
INTEREST = (
    "Somebody has declared an interest between the two schools. Propose it with a reason that both schools "
    "will read, or choose another offer."
)
SENTENCES = {
    "same_school": "This need and this offer are of the same school. Look for an offer of another school.",
    "same_group": "{asking} and {giving} belong to the same trust or federation. "
    "Choose an offer of a school outside it.",
    "asking_closed": "{asking} is closed in the register of schools, so no support can be agreed for it.",
    "giving_closed": "{giving} is closed in the register of schools. Choose another offer.",
    "not_this_year": "{giving} does not want to give support this year. Choose another offer, or ask {giving} "
    "to change this one.",
    "designation_expired": "The designation of the person who gives this support has expired. "
    "Ask {giving} to update the offer, or choose another one.",
    "offer_ended": "This offer ends before the support would begin. Choose earlier dates, or ask {giving} "
    "to extend the offer.",
    "declined": "This offer was declined for this need. It can be proposed again from {again}. "
    "Choose another offer.",
    "need_changed": "The need has changed since this was proposed. Propose the offer again.",
    "offer_changed": "The offer has changed since this was proposed. Propose it again.",
    "need_not_open": "{asking} is not looking for support with this need now. Choose another need.",
    "offer_not_live": "{giving} has paused or withdrawn this offer. Look for another one.",
}
"""The message for each obstacle, with what to do."""

LEFT_TO_OTHERS = ("same_school", "need_not_open", "offer_not_live")
"""Obstacles for which `standing.why_not` and `propose` have a sentence of their own."""

TERM_IN_DAYS = 120


class Pairing(NamedSides, frozen=True):
    """A need and an offer to be proposed, with the attributes that the checks read from a proposal."""

    need_id: UUID
    offer_id: UUID
    need_state: str
    offer_state: str
    confirmed_on: date | None
    days: Decimal
    days_left: Decimal
    places_left: int
    starts_on: date
    interest_reason: str | None
    state: str | None = None


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
        "ck_ledger_account_floor": "The fund that pays for this support has too little left. Propose fewer days, or "
        "ask the core team which fund can pay.",
        "visit_is_on_a_claim": f"This visit is on a claim of {row.supporting_name}. The claim must be withdrawn, "
        "returned or credited first.",
        "ck_support_agreement_days_used": "More days have been used than that. Look at the visits recorded so far.",
    }


def interest_may_be_set_aside(person: Principal) -> bool:
    """Whether the authority allows a declared interest to be overridden with a reason."""
    return settings_of(person.authority_id).matching.interest_may_be_set_aside


def first_day_of_next_term(calendar: Calendar, today: date) -> date:
    """The first day of the next term, or 120 days from now when the calendar has no next term."""
    coming = [term.starts_on for term in calendar.terms if term.starts_on > today]
    return min(coming, default=date.fromordinal(today.toordinal() + TERM_IN_DAYS))


def next_term(person: Principal) -> date:
    """The first day on which a pair that is declined today can be proposed again, by the authority's terms.

    Two schools and their leads may propose it, so no single school's own terms apply.
    """
    return first_day_of_next_term(calendar_of(person.authority_id), person.today)


Id = UUID | ColumnElement[UUID] | InstrumentedAttribute[UUID]


def obstacles_in_sql(
    person: Principal, need: Id, offer: Id, begins: date, side: str | None
) -> ColumnElement[Sequence[str]]:
    """SQL expression for the obstacles of a pair. `side` is the proposing side, None for an answer."""
    return func.pair_obstacles(
        person.authority_id,
        need,
        offer,
        person.today,
        cast(begins, Date),
        cast(side, Text),
        cast(person.id if side == LEADER else None, Uuid),
        type_=ARRAY(Text),
    )


def side_proposing(person: Principal, requesting_urn: int, supporting_urn: int) -> str:
    """The side that a person would propose a pair of schools as."""
    return {requesting_urn: REQUESTING, supporting_urn: SUPPORTING}.get(person.school_urn or 0, LEADER)


def _keys(found: list[str]) -> list[str]:
    return found


OBSTACLES = Read(
    select(
        func.pair_obstacles(
            bindparam("authority_id", type_=Integer),
            bindparam("need", type_=Uuid),
            bindparam("offer", type_=Uuid),
            bindparam("today", type_=Date),
            bindparam("begins", type_=Date),
            bindparam("made_as", type_=Text),
            bindparam("made_by", type_=Uuid),
            type_=ARRAY(Text),
        )
    ),
    _keys,
)


async def obstacles_of_pair(
    session: AsyncSession,
    person: Principal,
    need_id: UUID,
    offer_id: UUID,
    begins: date,
    *,
    side: str | None = None,
    interest_reason: str | None = None,
) -> list[str]:
    """The obstacles of this pair today, as keys of SENTENCES and PRIVATE; without an interest that has a reason."""
    values = {
        "authority_id": person.authority_id,
        "need": need_id,
        "offer": offer_id,
        "today": person.today,
        "begins": begins,
        "made_as": side,
        "made_by": person.id if side == LEADER else None,
    }
    (found,) = await fetch_all(session, OBSTACLES, values)
    if interest_reason and "interest" in found:
        found.remove("interest")
    return [one for one in found if one not in LEFT_TO_OTHERS]


def in_sentence(person: Principal, obstacles: Sequence[str], row: ProposalRow | Pairing) -> str | None:
    """The message for a barred pair that this person may read; None when nothing bars it.

    Private obstacles come last, so that a reason that can be shown is shown.
    """
    if not obstacles:
        return None
    first = min(obstacles, key=lambda one: (one in PRIVATE, obstacles.index(one)))
    if first == "interest" and interest_may_be_set_aside(person):
        sentence = INTEREST
    elif first in PRIVATE:
        sentence = PRIVATE[first] if has_permission(person, Permission.VIEW_INTERESTS) else NOT_SHOWN
    else:
        sentence = SENTENCES.get(first, "This is not agreed yet.")
    if person.school_urn is not None and person.school_urn == row.supporting_urn:
        sentence = sentence.replace("Choose another offer", "Look for another need")
    again = next_term(person)
    return sentence.format(asking=row.requesting_name, giving=row.supporting_name, again=format_date(again))


def for_other_readers(sentence: str) -> str:
    """A stored message without private details, for other readers."""
    private = (re.escape(one).replace(re.escape("{giving}"), ".+") for one in PRIVATE.values())
    return NOT_SHOWN if any(re.fullmatch(one, sentence) for one in private) else sentence


def refuse_barred(person: Principal, obstacles: Sequence[str], row: ProposalRow | Pairing) -> None:
    """Refuse a barred pair. Raises ActionRefused with a message that says what to do."""
    sentence = in_sentence(person, obstacles, row)
    if sentence is not None:
        raise ActionRefused(sentence, row.state)


@contextmanager
def explain_barred_pair(person: Principal, row: ProposalRow | Pairing) -> Iterator[None]:
    """Convert PostgreSQL's error for a barred pair, raised after the check passed, to the same message."""
    try:
        yield
    except IntegrityError as error:
        if violated_constraint(error) != "pair_barred":
            raise
        codes = str(error.orig).split("pair_barred: ", 1)[1].split("\n", 1)[0].strip().split(",")
        refuse_barred(person, codes, row)
        raise
