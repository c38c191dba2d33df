"""Move a closed school's data to its successor, by rule or by an administrator's decision, or end it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import consortium_phases
from alongside.features.escalations.participants import officers
from alongside.features.needs.models import CLOSE_NEED, Need
from alongside.features.offers.models import CLOSE_OFFER, Offer
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.school_successions.carried import CARRIED
from alongside.features.school_successions.families import Families
from alongside.features.school_successions.models import SchoolSuccession
from alongside.features.school_successions.queries import Plan, Succession, plan_successions, succession_with
from alongside.features.school_successions.statements import (
    END_INVITATIONS,
    END_MEMBERSHIPS,
    END_ROLES,
    HOLDS,
    MEMBERSHIPS,
    OWN_DAYS,
    PARTNERS,
    ROLES,
    UNTELL,
    move_of,
)
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition

ADMINISTRATORS = text(
    """
    SELECT DISTINCT person_id AS id FROM role_assignment
     WHERE authority_id = :authority_id AND role = 'authority_administrator'
       AND starts_on <= :today AND (ends_on IS NULL OR ends_on > :today)
    """
)
PAGE = "/successions"


async def apply_successions(
    session: AsyncSession, person: Principal, families: Families, shown: Sequence[Plan]
) -> list[Plan]:
    """Apply the reported plans in the transaction of the import; `person` is the system principal.

    Raises ActionRefused when the closed schools have changed since the report.
    """
    plans = await plan_successions(session, person, families)
    if [plan.outline for plan in plans] != [plan.outline for plan in shown]:
        raise ActionRefused(
            "What closed schools hold was changed by somebody else meanwhile. Import the file again."
        )
    for plan in plans:
        await _apply(session, person, plan)
    return plans


async def _apply(session: AsyncSession, person: Principal, plan: Plan) -> None:
    moved: dict[str, int] = {}
    partners = await _partners(session, person, plan.old_urn)
    if plan.new_urn is not None:
        moved = await carry_over(session, person, plan.old_urn, plan.new_urn, people=plan.people)
        await _settle_open(session, person, plan.old_urn)
        if moved and plan.question is None:
            await _record(session, person, plan, "carried", moved)
    if plan.question is not None:
        await _settle_open(session, person, plan.old_urn)
        succession_id = await _record(session, person, plan, "open", moved)
        await _ask_administrators(session, person, plan, succession_id)
    await _tell_partners(session, person, plan, partners)


async def _record(
    session: AsyncSession, person: Principal, plan: Plan, state: str, moved: dict[str, int]
) -> UUID:
    made: UUID = (
        await session.execute(
            insert(SchoolSuccession)
            .values(
                authority_id=person.authority_id,
                old_urn=plan.old_urn,
                new_urn=plan.new_urn,
                kind=plan.kind,
                state=state,
                question=plan.question if state == "open" else None,
                candidates=list(plan.candidates),
                moved=moved,
                decided_at=None if state == "open" else func.now(),
            )
            .returning(SchoolSuccession.id)
        )
    ).scalar_one()
    schools = (plan.old_urn, plan.new_urn)
    verb = "ask_for_succession" if state == "open" else "carry_over"
    await record_audit(session, person, verb, "succession", made, schools=schools, note=plan.question)
    return made


async def _settle_open(session: AsyncSession, person: Principal, old_urn: int) -> None:
    """Remove an open question that a later import answers or replaces."""
    await session.execute(
        text(
            "DELETE FROM school_succession WHERE authority_id = :authority_id AND old_urn = :old AND state = 'open'"
        ),
        {"authority_id": person.authority_id, "old": old_urn},
    )


async def carry_over(
    session: AsyncSession, person: Principal, old: int, new: int, *, people: bool
) -> dict[str, int]:
    """Move all rows that refer to a closed school to its successor; returns the number of rows per table.

    With `people`, its roles and memberships move from the day on which the new school opened, and invitations to a
    role there. Headteachers keep access to an escalation only if the notified one is the only head of the new school.
    Every row gets an audit log entry. Repeating is safe: moved rows are not found again.
    """
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    values: dict[str, object] = {"authority_id": person.authority_id, "old": old, "new": new}
    moved: dict[str, int] = {}
    for one in CARRIED:
        if one.people and not people:
            continue
        rows = (await session.execute(text(move_of(one)), values)).all()
        if rows:
            moved[one.table] = moved.get(one.table, 0) + len(rows)
        for row in rows:
            await _audit(session, person, one.subject or one.table, row.id, (old, new), one.column)
        if one.table == "escalation" and rows:
            among = {"ids": [row.id for row in rows], "people": people, "today": person.today}
            hidden = (await session.execute(UNTELL, values | among)).all()
            await _ask_core_team_to_notify_heads(session, person, ids(hidden))
    values["on"] = await _day_of_change(session, person, old, new)
    for statement in OWN_DAYS:
        await session.execute(statement, values)
    holds = (await session.execute(HOLDS, values)).all()
    for row in holds:
        await _audit(session, person, "hold", row.id, (old, new), "school_urn")
    if people:
        moved |= await _carry_people(session, person, old, new, values)
    return moved


async def _ask_core_team_to_notify_heads(
    session: AsyncSession, person: Principal, escalations: Sequence[UUID]
) -> None:
    """Ask the core team to notify heads of successor schools of escalations that moved there unknown to them."""
    team = ids(await officers(session, person))
    for one in escalations:
        await notify(
            session,
            person,
            team,
            "escalation_not_told",
            "An escalation moved to another school with the closed one. Tell the headteacher of that school.",
            f"/escalations/{one}",
            once=f"escalation_not_told:{one}",
            asks=True,
        )


async def _carry_people(
    session: AsyncSession, person: Principal, old: int, new: int, values: Mapping[str, object]
) -> dict[str, int]:
    school = (
        await session.execute(
            select(School.phase, School.kind).where(
                School.authority_id == person.authority_id, School.urn == new
            )
        )
    ).one()
    phases = list(consortium_phases(settings_of(person.authority_id), school.phase, school.kind))
    joined = await session.execute(
        MEMBERSHIPS.bindparams(bindparam("phases", type_=ARRAY(Text))), {**values, "phases": phases}
    )
    begun = await session.execute(ROLES, values)
    moved = {}
    for table, subject, rows in (
        ("consortium_membership", "consortium", joined.all()),
        ("role_assignment", "role_assignment", begun.all()),
    ):
        if rows:
            moved[table] = len(rows)
        for row in rows:
            await _audit(session, person, subject, row.id, (old, new), "school_urn")
    heads = await people_of_schools(session, person.authority_id, person.today, [new])
    words = "Your school has a new URN. Your role, posts and agreements were carried over to it."
    await notify(
        session, person, ids(heads), "carried_over", words, f"/schools/{new}", once=f"carried:{old}:{new}"
    )
    return moved


async def _day_of_change(session: AsyncSession, person: Principal, old: int, new: int) -> date:
    """The day on which the new school opened, if the old one closed with it; else today."""
    statement = select(School.urn, School.opened_on, School.closed_on).where(
        School.authority_id == person.authority_id, School.urn.in_((old, new))
    )
    found = {row.urn: row for row in (await session.execute(statement)).all()}
    opened, closed = found[new].opened_on, found[old].closed_on
    follows = opened is not None and (closed is None or closed <= opened)
    return opened if follows and opened <= person.today else person.today


async def _audit(
    session: AsyncSession, person: Principal, subject: str, key: UUID, schools: tuple[int, int], column: str
) -> None:
    """Write the audit log entry of a moved row; entries of escalations name neither school."""
    confidential = subject == "escalation"
    await record_audit(
        session,
        person,
        "carry_over",
        subject,
        key,
        schools=() if confidential else schools,
        changes={} if confidential else {column: list(schools)},
    )


async def decide_carry_over(
    session: AsyncSession, person: Principal, succession_id: UUID, urn: int | None
) -> None:
    """Move a closed school's data and people to the school with this URN.

    Raises Invalid for a school that is not open here, ActionRefused when the question was already answered.
    """
    row = await _lock_succession(session, person, succession_id)
    status = await session.scalar(
        select(School.status).where(School.authority_id == person.authority_id, School.urn == urn)
    )
    if urn is None or urn == row.old_urn or status not in OPEN_STATUSES:
        raise ValidationFailed({"urn": ["Enter the URN of an open school of this authority"]})
    partners = await _partners(session, person, row.old_urn)
    moved = await carry_over(session, person, row.old_urn, urn, people=True)
    await _decide(session, person, row, "carried", urn, moved)
    name = await _name(session, person, urn)
    plan = Plan(row.old_urn, row.old_name, row.kind, urn, name, {}, people=True)
    await _tell_partners(session, person, plan, partners)


async def decide_to_end(session: AsyncSession, person: Principal, succession_id: UUID) -> None:
    """End a closed school's posts, memberships, roles and invitations. Past records are kept.

    Raises ActionRefused when the question was already answered.
    """
    row = await _lock_succession(session, person, succession_id)
    await _close_posts(session, person, row.old_urn)
    values = {"authority_id": person.authority_id, "old": row.old_urn, "on": person.today}
    moved = {}
    for table, subject, statement in (
        ("consortium_membership", "consortium", END_MEMBERSHIPS),
        ("role_assignment", "role_assignment", END_ROLES),
        ("invitation", "invitation", END_INVITATIONS),
    ):
        rows = (await session.execute(statement, values)).all()
        moved[table] = len(rows)
        for one in rows:
            await record_audit(session, person, "end_with_school", subject, one.id, schools=[row.old_urn])
    await _decide(session, person, row, "ended", None, moved)


async def _close_posts(session: AsyncSession, person: Principal, urn: int) -> None:
    """Close the needs and offers of a closed school."""
    itself = system(person.authority_id, person.today)
    for post, move in ((Need, CLOSE_NEED), (Offer, CLOSE_OFFER)):
        rows = await session.execute(
            select(post.id, post.school_urn, post.state)
            .where(
                post.authority_id == person.authority_id,
                post.school_urn == urn,
                post.state.in_(move.starts),
            )
            .order_by(post.id)
        )
        for row in rows.all():
            await apply_transition(session, itself, post, row, move)


async def _lock_succession(session: AsyncSession, person: Principal, succession_id: UUID) -> Succession:
    await session.execute(
        select(SchoolSuccession.id)
        .where(SchoolSuccession.authority_id == person.authority_id, SchoolSuccession.id == succession_id)
        .with_for_update()
    )
    row = await succession_with(session, person.authority_id, succession_id)
    if row.state != "open":
        raise ActionRefused(
            "Someone has already decided this. Reload the page to see the decision.", row.state
        )
    return row


async def _decide(
    session: AsyncSession,
    person: Principal,
    row: Succession,
    state: str,
    urn: int | None,
    moved: dict[str, int],
) -> None:
    await session.execute(
        update(SchoolSuccession)
        .where(SchoolSuccession.authority_id == person.authority_id, SchoolSuccession.id == row.id)
        .values(
            state=state,
            new_urn=urn,
            question=None,
            moved=moved,
            version=SchoolSuccession.version + 1,
            decided_by=person.id,
            decided_at=func.now(),
        )
    )
    verb = "carry_over" if state == "carried" else "end_with_school"
    await record_audit(session, person, verb, "succession", row.id, schools=(row.old_urn, urn))


async def _name(session: AsyncSession, person: Principal, urn: int) -> str:
    statement = select(School.name).where(School.authority_id == person.authority_id, School.urn == urn)
    return str(await session.scalar(statement))


async def _partners(session: AsyncSession, person: Principal, old_urn: int) -> list[int]:
    """The other schools in live proposals or support agreements of a school."""
    values = {"authority_id": person.authority_id, "old": old_urn}
    rows = (await session.execute(PARTNERS, values)).all()
    return sorted({row.urn for row in rows} - {old_urn})


async def _tell_partners(
    session: AsyncSession, person: Principal, plan: Plan, partners: Sequence[int]
) -> None:
    """Notify the partners of a closed school about their proposals and agreements."""
    people = await people_of_schools(session, person.authority_id, person.today, partners)
    if plan.new_urn is None:
        words = f"{plan.old_name} has closed. Look at your support agreements and proposals with it."
    else:
        words = (
            f"{plan.old_name} is now {plan.new_name}. Your support agreements and proposals go on with it."
        )
    once = f"school_closed:{plan.old_urn}:{plan.new_urn}"
    await notify(session, person, ids(people), "school_closed", words, "/agreements", once=once)


async def _ask_administrators(
    session: AsyncSession, person: Principal, plan: Plan, succession_id: UUID
) -> None:
    """Ask the administrators for a decision, and notify the leads of the closed school's consortium."""
    values = {"authority_id": person.authority_id, "today": person.today}
    administrators = (await session.execute(ADMINISTRATORS, values)).all()
    words = f"{plan.old_name} has closed. Decide what becomes of its people and posts."
    once = f"succession:{succession_id}"
    await notify(
        session,
        person,
        ids(administrators),
        "succession_to_decide",
        words,
        f"{PAGE}/{succession_id}",
        once=once,
        asks=True,
    )
    leaders = await leaders_of_schools(session, person.authority_id, person.today, [plan.old_urn])
    words = f"{plan.old_name} has closed."
    await notify(
        session,
        person,
        ids(leaders),
        "member_closed",
        words,
        f"/schools/{plan.old_urn}",
        once=f"{once}:leaders",
    )
