"""Mending: another partner at once, the moved side asked again; after a decline the plan is worked out anew."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.errors import NotThere, Refused
from alongside.matching.engine.instance import Instance
from alongside.matching.engine.result import Option
from alongside.matching.engine.score import Score
from alongside.matching.engine.shortlist import shortlist
from alongside.matching.instances.reading import half_days
from alongside.matching.mending.options import chosen_option, options_now
from alongside.matching.mending.queries import core_team, declines_of, lost_places, unanswered_proposals
from alongside.matching.model import SEND, PlanPlace, PlanRun
from alongside.matching.runs.actions import queue_run
from alongside.matching.runs.queries import places_of, run_to
from alongside.matching.runs.wording import is_over
from alongside.matching.sending.actions import hold_posts, hold_run, try_to_propose
from alongside.matching.sending.terms import MESSAGE
from alongside.notifications import tell
from alongside.partnerships.proposals.actions import withdraw_proposal
from alongside.people.queries import ids, leaders_of_schools
from alongside.workflow import take

NO_SCORE = Score(score=0, parts={}, points={})
ANSWERED = "The pair that would be moved has been answered meanwhile. Look at the ways that there are now."


async def take_option(session: AsyncSession, person: Person, run_id: UUID, need_id: UUID, key: str) -> Option:
    """Give a need whose partner fell away another one at once, and ask both schools.

    A pair that makes way is withdrawn and its need proposed to its next partner: that side is asked again.
    Raises Refused when this way is no longer open, NotThere for a plan out of reach.
    """
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    await hold_run(session, run)
    places = await places_of(session, person.authority_id, run.id)
    place = next((one for one in places if one.need_id == need_id), None)
    if place is None:
        raise NotThere
    if not is_over(place):
        raise Refused(
            "This need has a partner in the plan, so there is nothing to mend.", place.proposal_state
        )
    instance, found = await options_now(session, person, run, places, place)
    option = chosen_option(found, key)
    message = MESSAGE.format(scope=run.consortium or "whole authority")
    moved = [one for one in places if option.move is not None and one.need_id == option.move.need]
    await hold_posts(session, person.authority_id, _touched(place, moved, option))
    for one in moved:
        await _move(session, person, instance, one, option, message)
    await _replace(
        session,
        person,
        place,
        _partner(instance, option.offer, option.half_days, option.pence, option.score),
        message,
    )
    await take(
        session, person, PlanRun, run, SEND, changes={"mended": [str(place.offer_id), str(option.offer)]}
    )
    return option


def _touched(place: Any, moved: Sequence[Any], option: Option) -> list[Any]:
    """The pairs, old and new, whose posts are held while it is done."""
    found = [Held(place.need_id, option.offer)]
    for one in moved:
        assert option.move is not None
        found += [Held(one.need_id, one.offer_id), Held(one.need_id, option.move.to)]
    return found


class Held(msgspec.Struct, frozen=True):
    """A need and an offer to hold."""

    need_id: UUID
    offer_id: UUID


async def _move(
    session: AsyncSession, person: Person, instance: Instance, place: Any, option: Option, message: str
) -> None:
    """Let another pair make way: what was sent is withdrawn and the next partner asked, else it is only changed."""
    assert option.move is not None
    asked = await unanswered_proposals(session, person.authority_id, [place.need_id])
    if place.proposal_id is not None:
        if place.proposal_id not in {one.id for one in asked}:
            raise Refused(ANSWERED)
        await withdraw_proposal(session, person, place.proposal_id)
    ranked = shortlist(instance, place.need_id, most=len(instance.offers)).ranked
    score = next((one.score for one in ranked if one.offer == option.move.to), NO_SCORE)
    partner = _partner(instance, option.move.to, half_days(place.days), None, score)
    if place.proposal_id is None:
        await _write(session, person, place, partner, None)
    else:
        await _replace(session, person, place, partner, message)


def _partner(
    instance: Instance, offer_id: UUID, half_days: int, pence: int | None, score: Score
) -> dict[str, Any]:
    offer = next(one for one in instance.offers if one.id == offer_id)
    days = Decimal(half_days) / 2
    return {
        "offer_id": offer_id,
        "giving_urn": offer.school,
        "days": days,
        "pence": int(days * offer.pence_per_day) if pence is None else pence,
        "score": score.score,
        "parts": msgspec.to_builtins(score),
        "rank": None,
        "why": {},
        "why_nobody": None,
        "held_by": None,
    }


async def _replace(
    session: AsyncSession, person: Person, place: Any, partner: dict[str, Any], message: str
) -> None:
    """Ask the new partner, then write it into the plan. Raises Refused when it cannot be proposed."""
    wanted = Wanted(place, partner)
    made, reason = await try_to_propose(session, person, wanted, message)
    if made is None:
        raise Refused(reason or ANSWERED)
    await _write(session, person, place, partner, made)


class Wanted:
    """A place as it would be with another partner, as far as proposing it needs to know."""

    def __init__(self, place: Any, partner: dict[str, Any]) -> None:
        self.need_id, self.offer_id, self.days = place.need_id, partner["offer_id"], partner["days"]
        self.need_starts_on, self.need_ends_on = place.need_starts_on, place.need_ends_on
        self.need_terms = place.need_terms


async def _write(
    session: AsyncSession, person: Person, place: Any, partner: dict[str, Any], proposal_id: UUID | None
) -> None:
    await session.execute(
        update(PlanPlace)
        .where(PlanPlace.authority_id == person.authority_id, PlanPlace.id == place.id)
        .values(
            proposal_id=proposal_id,
            not_sent_because=None,
            again_id=None,
            replaced_on=person.today,
            **partner,
        )
    )


async def look_after_declines(session: AsyncSession, product: Person) -> int:
    """For every place whose proposal came to nothing, have a better plan looked for, and tell a person after several.

    Each is taken in hand once, in the transaction that queues the run; how many were found. While a run is at work
    that may have read the facts before, the place waits for the next turn.
    """
    lost = await lost_places(session, product.authority_id)
    most = settings_of(product.authority_id).matching.declines_ask_for_person
    queued: dict[UUID | None, UUID] = {}
    for place in lost:
        if place.consortium_id not in queued:
            run_id, new = await queue_run(session, product, place.consortium_id, "decline")
            if not new:
                continue
            queued[place.consortium_id] = run_id
        await session.execute(
            update(PlanPlace)
            .where(
                PlanPlace.authority_id == product.authority_id,
                PlanPlace.id == place.id,
                PlanPlace.again_id.is_(None),
            )
            .values(again_id=queued[place.consortium_id])
        )
        count = await declines_of(session, product.authority_id, place.need_id)
        if count >= most:
            await _ask_for_person(session, product, place, count)
    return len(lost)


async def _ask_for_person(session: AsyncSession, product: Person, place: Any, count: int) -> None:
    leaders = await leaders_of_schools(session, product.authority_id, product.today, [place.asking_urn])
    people = [*ids(leaders), *await core_team(session, product.authority_id, product.today)]
    text = f"No partner has said yes to {place.asking_name} {count} times in a row. Somebody should look in person."
    where = f"/plans/{place.run_id}/needs/{place.need_id}"
    once = f"needs_person:{place.need_id}:{count}"
    await tell(session, product, people, "needs_person", text, where, once=once)
