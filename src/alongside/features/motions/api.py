"""Commands on motions: table one, open it, vote and close it.

PostgreSQL checks each of them again (`rules.py`), whatever calls them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Integer, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.boards.members import body_settings, members_on
from alongside.features.boards.models import Body
from alongside.features.motions.access_policy import identify_requester
from alongside.features.motions.declaring import derive_interests
from alongside.features.motions.effects import apply_effects
from alongside.features.motions.electorate import Elector, Question, electors_of, quorum_of, result_of
from alongside.features.motions.kinds import KINDS
from alongside.features.motions.models import Motion, MotionElector, MotionSubject, Vote
from alongside.features.motions.notifying import notify_of_opening
from alongside.features.motions.queries import count_votes, get_motion, interests_in
from alongside.features.motions.rows import MotionRow
from alongside.features.motions.writing import SENTENCES, write_motion
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints

MANAGE = Permission.MANAGE_BOARD


@dataclass(frozen=True, slots=True)
class Subject:
    """A record that a motion decides on, and the school that it concerns."""

    kind: str
    id: str
    school_urn: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A motion before it is tabled. With `closes_at` it is voted on between meetings."""

    body_id: UUID
    remit: str
    kind: str
    title: str
    text: str
    closes_at: datetime | None = None
    phase: str | None = None
    line: str = ""
    financial_year: str = ""
    subjects: Sequence[Subject] = ()


async def table_motion(session: AsyncSession, person: Principal, draft: Draft) -> UUID:
    """Table a motion and derive the interests in the schools that it concerns. Raises ActionRefused."""
    await identify_requester(session, person)
    key = await session.scalar(
        select(Body.key)
        .where(Body.authority_id == person.authority_id, Body.id == draft.body_id)
        .with_for_update()
    )
    if key is None:
        raise ActionRefused("There is no such board.")
    rules = body_settings(person.authority_id, key)
    kind, remit = KINDS[draft.kind], rules.remits.get(draft.remit)
    if remit is None or (kind.forum and rules.kind != "forum"):
        raise ActionRefused("This board does not decide on that subject.")
    number = await session.scalar(
        select(func.max(cast(func.substring(Motion.reference, "[0-9]+$"), Integer))).where(
            Motion.authority_id == person.authority_id, Motion.body_id == draft.body_id
        )
    )
    with explain_constraints(SENTENCES):
        made: UUID | None = await session.scalar(
            insert(Motion)
            .values(
                authority_id=person.authority_id,
                reference=f"{key}-{(number or 0) + 1}",
                body_id=draft.body_id,
                remit=draft.remit,
                kind=draft.kind,
                schools=sorted({one.school_urn for one in draft.subjects if one.school_urn is not None}),
                phase=draft.phase,
                line=draft.line,
                financial_year=draft.financial_year,
                title=draft.title,
                text=draft.text,
                how="written" if draft.closes_at else "meeting",
                state="tabled",
                closes_at=draft.closes_at,
                majority=rules.majority,
                casting_vote=rules.casting_vote,
                overruling=remit.overruling and rules.kind != "forum" and not kind.referable,
                referable=kind.referable,
                tabled_by=person.id,
            )
            .returning(Motion.id)
        )
    assert made is not None
    await _write_subjects(session, person, made, draft.subjects)
    await derive_interests(session, person, made)
    schools = [one.school_urn for one in draft.subjects]
    await record_audit(session, person, "table_motion", "motion", made, schools=schools)
    return made


async def _write_subjects(
    session: AsyncSession, person: Principal, motion_id: UUID, subjects: Sequence[Subject]
) -> None:
    if not subjects:
        return
    await session.execute(
        insert(MotionSubject),
        [
            {
                "authority_id": person.authority_id,
                "motion_id": motion_id,
                "kind": one.kind,
                "subject": one.id,
                "school_urn": one.school_urn,
            }
            for one in subjects
        ],
    )


async def open_motion(
    session: AsyncSession, person: Principal, motion_id: UUID, present: Collection[UUID] | None
) -> None:
    """Freeze the electorate, with a reason for each seat, and open the vote; `present` is None for a written motion."""
    row = await get_motion(session, person, MANAGE, motion_id)
    if row.state != "tabled":
        raise ActionRefused("This motion is open already.", row.state)
    rules = body_settings(person.authority_id, row.body_key)
    await derive_interests(session, person, motion_id)
    seats = await members_on(session, row.body_id, person.today)
    interests = await interests_in(session, person.authority_id, motion_id)
    question = Question(row.kind, row.remit, row.phase, rules)
    electors = electors_of(question, seats, interests, None if row.how == "written" else present or ())
    quorum = quorum_of(rules.remits[row.remit].quorum or rules.quorum, electors, seats)
    with explain_constraints(SENTENCES, row.state):
        await _freeze(session, row, electors)
        await write_motion(session, row, state="open", opened_at=func.now(), quorum_needed=quorum)
    await notify_of_opening(session, person, row, electors)
    await record_audit(session, person, "open_motion", "motion", motion_id)


async def _freeze(session: AsyncSession, row: MotionRow, electors: Sequence[Elector]) -> None:
    """Write the electorate of a motion."""
    await session.execute(
        insert(MotionElector),
        [
            {
                "authority_id": row.authority_id,
                "motion_id": row.id,
                "seat_id": one.seat_id,
                "person_id": one.person_id,
                "may_vote": one.may_vote,
                "may_speak": one.may_speak,
                "reason": one.reason,
                "present": one.present,
            }
            for one in electors
        ],
    )


async def record_votes(
    session: AsyncSession, person: Principal, motion_id: UUID, votes: Mapping[UUID, str]
) -> None:
    """Record votes by seat. A vote of a seat that has voted replaces the earlier one, which stays as history."""
    await identify_requester(session, person)
    with explain_constraints(SENTENCES, "open"):
        for seat_id, choice in sorted(votes.items()):
            made = uuid4()
            await session.execute(
                update(Vote)
                .where(
                    Vote.authority_id == person.authority_id,
                    Vote.motion_id == motion_id,
                    Vote.seat_id == seat_id,
                    Vote.superseded_by.is_(None),
                )
                .values(superseded_by=made)
                .execution_options(synchronize_session=False)
            )
            await session.execute(
                insert(Vote).values(
                    authority_id=person.authority_id,
                    id=made,
                    motion_id=motion_id,
                    seat_id=seat_id,
                    choice=choice,
                    voted_by=person.id,
                )
            )
    await record_audit(session, person, "vote_on_motion", "motion", motion_id)


async def close_motion(session: AsyncSession, person: Principal, motion_id: UUID) -> str:
    """Count the votes and close the motion; returns its new state. A vote in progress is waited for.

    A motion that is carried does what it decides in the same transaction. Raises ActionRefused if it cannot.
    """
    await identify_requester(session, person)
    await session.execute(
        select(Motion.id)
        .where(Motion.authority_id == person.authority_id, Motion.id == motion_id)
        .with_for_update()
    )
    row = await get_motion(session, person, MANAGE, motion_id)
    if row.state != "open" or row.quorum_needed is None:
        raise ActionRefused("This motion is not open.", row.state)
    count = await count_votes(session, person.authority_id, motion_id)
    state = result_of(
        row.majority,
        row.casting_vote,
        count.quorate(row.how, row.quorum_needed),
        count.votes_for,
        count.votes_against,
    )
    with explain_constraints(SENTENCES, row.state):
        await write_motion(
            session,
            row,
            state=state,
            closed_at=func.now(),
            votes_for=count.votes_for,
            votes_against=count.votes_against,
            abstained=count.abstained,
        )
    await record_audit(session, person, "close_motion", "motion", motion_id, schools=row.schools)
    if state == "carried":
        await apply_effects(session, row, person.today)
    return state
