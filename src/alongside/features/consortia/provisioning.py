"""Provisioning: make an authority's consortia match its settings."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.models import Consortium, ConsortiumMembership
from alongside.features.consortia.queries import ConsortiumRow
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import select_all


@dataclass(frozen=True, slots=True)
class Step:
    """One planned step for a consortium: begin, rename, end, reopen, or a refused change."""

    verb: Literal["begin", "rename", "end", "reopen", "refuse"]
    key: str
    sentence: str
    id: UUID | None = None

    def __str__(self) -> str:
        """One line of a plan."""
        sign = {"begin": "+", "rename": "~", "end": "-", "reopen": "+", "refuse": "!"}[self.verb]
        return f"{sign} consortium {self.key}: {self.sentence}"


async def consortium_changes(session: AsyncSession, settings: AuthoritySettings, today: date) -> list[Step]:
    """Plan the steps for the consortia: none is deleted, and none with members is ended."""
    found = {row.key: row for row in await _stored_consortia(session, settings.dfe_code, today)}
    steps = []
    for key, declared in settings.consortia.items():
        row = found.get(key)
        if row is None:
            steps.append(Step("begin", key, f"{declared.name} ({declared.phase}) begins"))
            continue
        if row.phase != declared.phase:
            sentence = f"its phase is {row.phase} and cannot change. Declare another key for the new one."
            steps.append(Step("refuse", key, sentence, row.id))
            continue
        if row.ended_on is not None:
            steps.append(Step("reopen", key, f"ended on {row.ended_on}, begins again", row.id))
        if row.name != declared.name:
            steps.append(Step("rename", key, f"{row.name} → {declared.name}", row.id))
    for key, row in found.items():
        if key in settings.consortia or row.ended_on is not None:
            continue
        if row.members:
            sentence = f"has {row.members} member schools. Place them elsewhere first, or keep it."
            steps.append(Step("refuse", key, sentence, row.id))
        else:
            steps.append(Step("end", key, f"{row.name} ends today; what it did stays", row.id))
    return steps


async def apply_consortia(
    session: AsyncSession, person: Principal, settings: AuthoritySettings
) -> list[Step]:
    """Apply the plan, with audit log entries; returns the steps. Raises ActionRefused before any change."""
    await session.execute(
        select(Consortium.id).where(Consortium.authority_id == person.authority_id).with_for_update()
    )
    steps = await consortium_changes(session, settings, person.today)
    refused = [str(step) for step in steps if step.verb == "refuse"]
    if refused:
        raise ActionRefused("\n".join(refused))
    for step in steps:
        await _take(session, person, settings, step)
    return steps


async def _stored_consortia(session: AsyncSession, authority_id: int, today: date) -> list[ConsortiumRow]:
    """Every consortium with the number of its open members, today and in future."""
    membership = ConsortiumMembership
    counted = (
        select(func.count())
        .select_from(membership)
        .join(
            School,
            (School.authority_id == membership.authority_id) & (School.urn == membership.school_urn),
        )
        .where(
            School.status.in_(OPEN_STATUSES),
            membership.authority_id == Consortium.authority_id,
            membership.consortium_id == Consortium.id,
            or_(membership.ends_on.is_(None), membership.ends_on > today),
        )
        .scalar_subquery()
    )
    statement = select(
        Consortium.id,
        Consortium.key,
        Consortium.name,
        Consortium.phase,
        Consortium.ended_on,
        counted.label("members"),
    ).where(Consortium.authority_id == authority_id)
    return await select_all(session, statement.order_by(Consortium.key), ConsortiumRow, {})


async def _take(session: AsyncSession, person: Principal, settings: AuthoritySettings, step: Step) -> None:
    inside = person.authority_id
    consortium_id = step.id
    if step.verb == "end":
        assert consortium_id is not None
        await _end_memberships(session, person, consortium_id)
    if step.verb == "begin":
        declared = settings.consortia[step.key]
        consortium_id = await session.scalar(
            insert(Consortium)
            .values(authority_id=inside, key=step.key, name=declared.name, phase=declared.phase)
            .returning(Consortium.id)
        )
    else:
        values: dict[str, object] = {"ended_on": person.today if step.verb == "end" else None}
        if step.verb == "rename":
            values = {"name": settings.consortia[step.key].name}
        await session.execute(
            update(Consortium)
            .where(Consortium.authority_id == inside, Consortium.id == step.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    assert consortium_id is not None
    await record_audit(
        session, person, f"{step.verb}_consortium", "consortium", consortium_id, note=step.sentence
    )


async def _end_memberships(session: AsyncSession, person: Principal, consortium_id: UUID) -> None:
    """End the remaining memberships of closed schools in a consortium that ends, with an audit log entry each."""
    membership = ConsortiumMembership
    ended = await session.execute(
        update(membership)
        .where(
            membership.authority_id == person.authority_id,
            membership.consortium_id == consortium_id,
            or_(membership.ends_on.is_(None), membership.ends_on > person.today),
        )
        .values(ends_on=func.greatest(person.today, membership.starts_on))
        .returning(membership.school_urn)
        .execution_options(synchronize_session=False)
    )
    for row in ended.all():
        await record_audit(
            session, person, "leave_consortium", "consortium", consortium_id, schools=[row.school_urn]
        )
