"""Delete expired records, place and lift legal holds, and create subject access requests."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.data_retention.models import LegalHold, SubjectRequest
from alongside.features.data_retention.queries import active_holds, expired_rows
from alongside.features.data_retention.retention_rules import A_BATCH, retention_rules
from alongside.features.data_retention.rows import WantedHold
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.jobs.scheduler import ScheduledJob

LET_GO_AUDIT = text("SELECT let_go_audit(now() - make_interval(days => :days))")


async def purge_expired(session: AsyncSession, person: Principal) -> int:
    """Delete one batch of each class's expired records; return the size of the largest batch.

    The worker runs it again until a batch is smaller than the maximum. `person` is the system principal. The
    audit log records how many rows of each class were deleted. Its own oldest entries are deleted only without
    any active hold.
    """
    settings = settings_of(person.authority_id)
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    most = 0
    for rule in retention_rules():
        ids = await expired_rows(session, person, settings, rule, A_BATCH)
        if rule.still_expired is not None:
            values = {"authority_id": person.authority_id, "ids": list(ids)}
            ids = (await session.scalars(rule.still_expired, values)).all()
        if not ids:
            continue
        for statement in rule.delete:
            await session.execute(statement, {"authority_id": person.authority_id, "ids": list(ids)})
        changes = {rule.key: [len(ids), 0]}
        await record_audit(session, person, "let_go", "records", rule.key, changes=changes)
        most = max(most, len(ids))
    if not await active_holds(session, person):
        gone = await session.scalar(LET_GO_AUDIT, {"days": settings.retention.audit_log})
        if gone:
            await record_audit(
                session, person, "let_go", "records", "audit_log", changes={"audit_log": [gone, 0]}
            )
    return most


async def add_hold(session: AsyncSession, person: Principal, hold: WantedHold) -> UUID:
    """Place a legal hold on everything, a school or a person."""
    _require(person)
    made = LegalHold(authority_id=person.authority_id, placed_by=person.id, **asdict(hold))
    session.add(made)
    await session.flush()
    await record_audit(
        session,
        person,
        "place_hold",
        "legal_hold",
        made.id,
        schools=[hold.school_urn] if hold.school_urn else (),
    )
    return made.id


async def lift_hold(session: AsyncSession, person: Principal, hold_id: UUID) -> None:
    """Lift a legal hold. Raises NotFound if it is not active."""
    _require(person)
    lifted = await session.execute(
        update(LegalHold)
        .where(
            LegalHold.authority_id == person.authority_id,
            LegalHold.id == hold_id,
            LegalHold.lifted_at.is_(None),
        )
        .values(lifted_at=func.now(), lifted_by=person.id)
        .returning(LegalHold.id)
        .execution_options(synchronize_session=False)
    )
    if lifted.first() is None:
        raise NotFound
    await record_audit(session, person, "lift_hold", "legal_hold", hold_id)


async def ask_for_records(session: AsyncSession, person: Principal, about: UUID, why: str) -> UUID:
    """Create a subject access request; the audit log keeps who made it, about whom and when."""
    _require(person)
    made = SubjectRequest(authority_id=person.authority_id, person_id=about, asked_by=person.id, why=why)
    session.add(made)
    await session.flush()
    await record_audit(session, person, "ask_for_records", "subject_request", made.id)
    return made.id


def _require(person: Principal) -> None:
    if not has_permission(person, Permission.MANAGE_RETENTION):
        raise NotFound


JOBS = (ScheduledJob(10, purge_expired),)
