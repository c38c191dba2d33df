"""Everything that changes a partnership itself: it is made, signed, and comes to its end."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person, system
from alongside.authorities import calendar_of, settings_of
from alongside.authorities.calendar import add_school_days
from alongside.errors import Invalid, Refused
from alongside.journal.actions import write_journal
from alongside.needs.model import (
    AGREE_NEED,
    BEGIN_SUPPORT,
    LOOK_AGAIN,
    MEET_NEED,
    NOT_MEET_NEED,
    PART_MEET_NEED,
    Need,
)
from alongside.offers.actions import balance_offer
from alongside.partnerships import amendment, visit
from alongside.partnerships.agreements.actions import keep_signed_version
from alongside.partnerships.model import BEGIN, CHALLENGE, CLOSE, END_EARLY, PREPARE, SIGN, Partnership
from alongside.partnerships.queries import aims_of, held_partnership, left_over, need_of
from alongside.partnerships.sides import (
    LEADER,
    OTHER_SIDE,
    Word,
    days_in_words,
    own_side,
    school_on,
    tell_both_and_leaders,
    tell_schools,
    urn_on,
)
from alongside.workflow import take

TELL_TALES = {
    "ck_offer_days_left": "{giver} has meanwhile promised days of this offer to other schools, and "
    "too few are left. "
    "Propose fewer days, or look for another offer.",
    "ck_offer_engagements_left": "{giver} has meanwhile agreed to support as many schools at once as it can. "
    "Wait until one is finished, or look for another offer.",
    "uq_partnership_live_need": "{asker} has meanwhile agreed other support for this need.",
    "ck_partnership_not_years_ago": "The support cannot begin more than a year before it was agreed. "
    "Choose a later first day.",
    "the visit is earlier than its partnership": "The visit is earlier than the support itself. "
    "Choose a later day.",
    "ck_partnership_days_used": "More days have been used than that. Look at the visits recorded so far.",
}
"""What a promise of the database means to the person who met it."""


def in_words(error: IntegrityError, row: Any) -> Exception:
    """A broken promise as a refusal that says who and why; any other error as it is."""
    for name, sentence in TELL_TALES.items():
        if name in str(error.orig):
            return Refused(sentence.format(giver=row.giving_name, asker=row.asking_name), row.state)
    return error


async def prepare_partnership(session: AsyncSession, person: Person, proposal: Any) -> UUID:
    """Make a partnership of an accepted proposal: its days leave the pool in the same statement.

    The offer, the need and the proposal must be held. Raises Refused when the pool has not the days or
    the place.
    """
    made = Partnership(
        authority_id=person.authority_id,
        proposal_id=proposal.id,
        need_id=proposal.need_id,
        offer_id=proposal.offer_id,
        asking_urn=proposal.asking_urn,
        giving_urn=proposal.giving_urn,
        state=PREPARE.end,
        days=proposal.days,
        starts_on=proposal.starts_on,
        ends_on=proposal.ends_on,
        agreed_on=person.today,
        challenge_until=_challenge_until(person) if proposal.proposed_as == LEADER else None,
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise in_words(error, proposal) from error
    urns = (made.asking_urn, made.giving_urn)
    await write_journal(session, person, PREPARE.verb, "partnership", made.id, schools=urns)
    product = system(person.authority_id, person.today)
    need = await need_of(session, person.authority_id, proposal.need_id)
    await take(session, product, Need, need, AGREE_NEED)
    await balance_offer(session, person, proposal.offer_id)
    await tell_both_and_leaders(
        session,
        person,
        proposal,
        Word(
            "partnership_agreed",
            f"{proposal.giving_name} and {proposal.asking_name} have agreed "
            f"{days_in_words(proposal.days)} of support.",
            f"/partnerships/{made.id}",
            f"partnership_agreed:{made.id}",
        ),
    )
    return made.id


async def sign_agreement(
    session: AsyncSession, person: Person, partnership_id: UUID, agreement_version: int
) -> None:
    """Put a headteacher's name under the agreement as they read it; with the second one the support begins.

    Raises Refused when the agreement has changed since, has no aim yet, or this side has signed already.
    """
    row = await held_partnership(session, person, Permission.SIGN_AGREEMENT, partnership_id, pool=True)
    side = own_side(person, Permission.SIGN_AGREEMENT, row)
    if row.state != "preparing":
        raise Refused("This agreement cannot be signed any more.", row.state)
    if row.agreement_version != agreement_version:
        raise Refused("The agreement has changed since you opened it. Read it again, then sign.", row.state)
    if not await aims_of(session, person.authority_id, partnership_id):
        raise Refused("There is no aim yet. Write at least one before you sign.", row.state)
    if getattr(row, f"{side}_signed_at") is not None:
        raise Refused(f"{school_on(side, row)} has signed this agreement already.", row.state)
    signed: dict[str, Any] = {f"{side}_signed_at": datetime.now(UTC), f"{side}_signed_by": person.id}
    if getattr(row, f"{OTHER_SIDE[side]}_signed_at") is None:
        await take(session, person, Partnership, row, SIGN, **signed)
        text = f"{school_on(side, row)} has signed the agreement. It now waits for you."
        urns = [urn_on(OTHER_SIDE[side], row)]
        once = f"agreement_signed:{row.id}:{row.agreement_version}"
        await tell_schools(
            session, person, urns, Word("agreement_signed", text, f"/partnerships/{row.id}", once)
        )
        return
    await take(session, person, Partnership, row, BEGIN, **signed)
    await keep_signed_version(session, person, row.id)
    need = await need_of(session, person.authority_id, row.need_id)
    await take(session, system(person.authority_id, person.today), Need, need, BEGIN_SUPPORT)
    text = f"Both headteachers have signed: {row.giving_name} now supports {row.asking_name}."
    await tell_both_and_leaders(
        session,
        person,
        row,
        Word("partnership_began", text, f"/partnerships/{row.id}", f"partnership_began:{row.id}"),
    )


async def end_early(
    session: AsyncSession, person: Person, partnership_id: UUID, reason: str, words: str
) -> None:
    """End a partnership before its time: unused days go back to the pool and the need is open again.

    `reason` is a key of the authority's list. Raises Refused when it is over already.
    """
    reasons = settings_of(person.authority_id).ending_reasons
    row = await held_partnership(session, person, Permission.END_PARTNERSHIP, partnership_id, pool=True)
    own_side(person, Permission.END_PARTNERSHIP, row)
    if reason not in reasons:
        raise Invalid({"reason": ["Choose a reason from the list."]})
    note = ": ".join(part for part in (reasons[reason].label, words) if part)
    await take(session, person, Partnership, row, END_EARLY, note=note, ended_because=reason)
    await _after_early_end(
        session,
        person,
        row,
        Word(
            "partnership_ended",
            f"The partnership of {row.giving_name} and {row.asking_name} has ended before its time.",
            f"/partnerships/{row.id}",
            f"partnership_ended:{row.id}",
        ),
    )


def no_challenge(person: Person, row: Any) -> str | None:
    """Why this match cannot be challenged today, with what can be done instead; None if it can."""
    if row.challenge_until is None:
        return "The schools proposed this match themselves. You can end it early, with a reason."
    if person.today > row.challenge_until:
        return (
            f"You could challenge this match until {row.challenge_until:%-d %B %Y}. "
            "You can still end it early, with a reason."
        )
    return None


async def challenge_match(session: AsyncSession, person: Person, partnership_id: UUID, words: str) -> None:
    """Object to a match that a lead made on behalf of both schools: it ends, and the leads are told why to look again.

    Raises Refused for a match that the schools proposed themselves, and once the time to challenge is over.
    """
    row = await held_partnership(session, person, Permission.END_PARTNERSHIP, partnership_id, pool=True)
    own_side(person, Permission.END_PARTNERSHIP, row)
    if refused := no_challenge(person, row):
        raise Refused(refused, row.state)
    changed: dict[str, Any] = {"challenged_on": person.today, "ended_because": "challenged"}
    await take(session, person, Partnership, row, CHALLENGE, note=words, **changed)
    await _after_early_end(
        session,
        person,
        row,
        Word(
            "match_challenged",
            f"The match of {row.giving_name} with {row.asking_name} was challenged. The need is open again.",
            f"/partnerships/{row.id}",
            f"match_challenged:{row.id}",
        ),
    )


async def _after_early_end(session: AsyncSession, person: Person, row: Any, word: Word) -> None:
    product = system(person.authority_id, person.today)
    await take(
        session,
        product,
        Need,
        await need_of(session, person.authority_id, row.need_id),
        LOOK_AGAIN,
    )
    await wind_up(session, person, row)
    await tell_both_and_leaders(session, person, row, word)


def _challenge_until(person: Person) -> date:
    """The last school day on which either school may challenge a match that is made today."""
    days = settings_of(person.authority_id).clocks.challenge_window
    return add_school_days(calendar_of(person.authority_id), person.today, days)


async def close_partnership(session: AsyncSession, person: Person, row: Any, outcome: str) -> None:
    """Bring a partnership to its end with the asking school's outcome; its offer and need must be held."""
    product = system(person.authority_id, person.today)
    await take(session, product, Partnership, row, CLOSE, outcome=outcome)
    ending = {"met": MEET_NEED, "part_met": PART_MEET_NEED, "not_met": NOT_MEET_NEED}[outcome]
    await take(session, product, Need, await need_of(session, person.authority_id, row.need_id), ending)
    await wind_up(session, person, row)
    await tell_both_and_leaders(
        session,
        person,
        row,
        Word(
            "partnership_closed",
            f"The partnership of {row.giving_name} and {row.asking_name} is closed: both have reviewed it.",
            f"/partnerships/{row.id}",
            f"partnership_closed:{row.id}",
        ),
    )


async def wind_up(session: AsyncSession, person: Person, row: Any) -> None:
    """What an end brings with it: plans and proposed changes fall away, the offer has its days again."""
    await balance_offer(session, person, row.offer_id)
    product = system(person.authority_id, person.today)
    for thing, states, move in (
        (visit.Visit, ("planned",), visit.DROP_VISIT),
        (amendment.Amendment, ("proposed",), amendment.DROP_AMENDMENT),
    ):
        for left in await left_over(session, person.authority_id, thing, row.id, states):
            await take(session, product, thing, left, move)
