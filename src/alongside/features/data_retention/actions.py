"""Letting go of what has had its time, holding what may not go, and asking for what is held about somebody."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.data_retention.models import LegalHold, SubjectRequest
from alongside.features.data_retention.queries import active_holds, chosen
from alongside.features.data_retention.retention_rules import A_BATCH, kinds
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.requester_context import RequesterContext, set_requester

LET_GO_AUDIT = text("SELECT let_go_audit(now() - make_interval(days => :days))")


async def purge_expired(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> int:
    """Let go of what has had its time: a batch of each class; the most of any, so that the worker comes back for more.

    `person` is the product itself. The journal keeps how many went, of what; its own oldest entries go only where
    nothing at all is held.
    """
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    most = 0
    for kind in kinds():
        ids = await chosen(session, person, settings, kind, A_BATCH)
        if kind.kept_still is not None:
            values = {"authority_id": person.authority_id, "ids": list(ids)}
            ids = (await session.scalars(kind.kept_still, values)).all()
        if not ids:
            continue
        for statement in kind.go:
            await session.execute(statement, {"authority_id": person.authority_id, "ids": list(ids)})
        changes = {kind.key: [len(ids), 0]}
        await record_audit(session, person, "let_go", "records", kind.key, changes=changes)
        most = max(most, len(ids))
    if not await active_holds(session, person):
        gone = await session.scalar(LET_GO_AUDIT, {"days": settings.retention.audit_log})
        if gone:
            await record_audit(
                session, person, "let_go", "records", "audit_log", changes={"audit_log": [gone, 0]}
            )
    return most


async def add_hold(session: AsyncSession, person: Principal, hold: Mapping[str, Any]) -> UUID:
    """Keep everything, or all about a school or a person, whatever its time. `hold` are columns of LegalHold."""
    _require(person)
    made = LegalHold(authority_id=person.authority_id, placed_by=person.id, **hold)
    session.add(made)
    await session.flush()
    schools = [hold["school_urn"]] if hold.get("school_urn") else []
    await record_audit(session, person, "place_hold", "legal_hold", made.id, schools=schools)
    return made.id


async def lift_hold(session: AsyncSession, person: Principal, hold_id: UUID) -> None:
    """Let the time of records run on. Raises NotThere for a hold that does not stand."""
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
    """Ask for all that is held about somebody; who asked, about whom and when stays."""
    _require(person)
    made = SubjectRequest(authority_id=person.authority_id, person_id=about, asked_by=person.id, why=why)
    session.add(made)
    await session.flush()
    await record_audit(session, person, "ask_for_records", "subject_request", made.id)
    return made.id


def _require(person: Principal) -> None:
    if not has_permission(person, Permission.MANAGE_RETENTION):
        raise NotFound
