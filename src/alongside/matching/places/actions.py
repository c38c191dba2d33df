"""Pins and forbids: made with a reason, lifted again; each has the plan worked out anew."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may, require
from alongside.errors import NotThere, Refused
from alongside.journal.actions import write_journal
from alongside.matching.model import CANCEL, PlanRun
from alongside.matching.places.queries import wish_to
from alongside.matching.runs.actions import queue_run
from alongside.matching.runs.queries import place_of, run_at_work, run_to
from alongside.matching.wish import KINDS, Wish
from alongside.offers.model import Offer
from alongside.schools.model import School
from alongside.workflow import take

ANSWERED = ("proposed", "to_release", "agreed")


async def make_wish(
    session: AsyncSession,
    person: Person,
    run_id: UUID,
    wish: tuple[UUID, UUID, str],
    reason: str,
) -> UUID:
    """Pin an offer for a need, or forbid it; `wish` is need, offer and kind. The run that then works it out.

    A pin takes the place of an earlier one. Raises NotThere for what is not this person's, Refused while the
    need is being answered.
    """
    need_id, offer_id, kind = wish
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    place = await place_of(session, person.authority_id, run.id, need_id)
    require(person, Permission.MAKE_PLAN, place.asking_urn)
    offer = await offer_seen(session, person, offer_id)
    if kind not in KINDS or person.id is None:
        raise NotThere
    if place.proposal_state in ANSWERED:
        raise Refused(
            "Both schools have been asked already. Withdraw the proposal first, then choose somebody else.",
            place.proposal_state,
        )
    await _lift_contrary(session, person, need_id, offer_id, kind)
    made = await session.scalar(
        insert(Wish)
        .values(
            authority_id=person.authority_id,
            need_id=need_id,
            offer_id=offer_id,
            kind=kind,
            reason=reason,
            made_by=person.id,
        )
        .on_conflict_do_nothing()
        .returning(Wish.id)
    )
    if made is None:
        raise Refused("Somebody else has just said something about this partner. Look at the plan again.")
    schools = (place.asking_urn, offer.school_urn)
    await write_journal(session, person, f"{kind}_partner", "plan_wish", made, schools=schools, note=reason)
    return await work_out_anew(session, person, run.consortium_id)


async def lift_wish(session: AsyncSession, person: Person, run_id: UUID, wish_id: UUID) -> UUID:
    """Let the plan choose freely again; the run that then works it out."""
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    wish = await wish_to(session, person, wish_id)
    lifted = await session.execute(
        update(Wish)
        .where(Wish.authority_id == person.authority_id, Wish.id == wish.id, Wish.lifted_at.is_(None))
        .values(lifted_at=func.now(), lifted_by=person.id)
        .returning(Wish.id)
    )
    if lifted.first() is None:
        raise Refused("This has been lifted already.")
    await write_journal(
        session, person, f"lift_{wish.kind}", "plan_wish", wish.id, schools=(wish.school_urn,)
    )
    return await work_out_anew(session, person, run.consortium_id)


async def work_out_anew(session: AsyncSession, person: Person, consortium_id: UUID | None) -> UUID:
    """Have the plan worked out with what was just said; one that began before it knew is given up."""
    there = await run_at_work(session, person.authority_id, consortium_id)
    if there is not None and there.state == "running":
        await take(session, person, PlanRun, there, CANCEL, lease_until=None)
    run_id, _ = await queue_run(session, person, consortium_id, "change")
    return run_id


async def offer_seen(session: AsyncSession, person: Person, offer_id: UUID) -> Any:
    """An offer that this person may see. Raises NotThere."""
    statement: Any = (
        select(Offer.id, Offer.school_urn, Offer.title, Offer.shown_to_all_from, School.name.label("school"))
        .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
        .where(Offer.authority_id == person.authority_id, Offer.id == offer_id, Offer.posted_at.is_not(None))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None or not may(
        person, Permission.SEE_POST, found.school_urn, shown_to_all_from=found.shown_to_all_from
    ):
        raise NotThere
    return found


async def _lift_contrary(
    session: AsyncSession, person: Person, need_id: UUID, offer_id: UUID, kind: str
) -> None:
    """Lift what a new wish contradicts: another word on the same pair, and for a pin the earlier pin."""
    contrary = Wish.offer_id == offer_id
    if kind == "pin":
        contrary = or_(contrary, Wish.kind == "pin")
    await session.execute(
        update(Wish)
        .where(
            Wish.authority_id == person.authority_id,
            Wish.need_id == need_id,
            Wish.lifted_at.is_(None),
            contrary,
        )
        .values(lifted_at=func.now(), lifted_by=person.id)
    )
