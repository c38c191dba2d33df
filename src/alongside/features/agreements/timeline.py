"""The timeline of proposals and agreements, with their visits and amendments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.audit.models import AuditEntry
from alongside.platform.workflow import WORKFLOWS

OTHER_WORDS = {
    "write_aim": "added an aim",
    "change_aim": "changed an aim",
    "remove_aim": "removed an aim",
    "signatures_fall": "changed the agreement, so both headteachers must sign again",
    "give_mid_term_review": "gave their half-way review",
    "give_closing_review": "gave their closing review",
}


def words_for(verb: str) -> str:
    """The display text of an action in a timeline: “accepted”, “recorded a visit”."""
    for flow in WORKFLOWS.values():
        for move in flow.moves:
            if move.verb == verb:
                return move.past
    return OTHER_WORDS.get(verb, verb.replace("_", " "))


async def timeline_of(
    session: AsyncSession, authority_id: int, subjects: Sequence[tuple[str, UUID]]
) -> list[dict[str, Any]]:
    """The timeline of several related records, newest first, 200 entries at most."""
    statement = (
        select(
            AuditEntry.at,
            AuditEntry.person_name,
            AuditEntry.role,
            AuditEntry.verb,
            AuditEntry.note,
            AuditEntry.changes,
        )
        .where(
            AuditEntry.authority_id == authority_id,
            AuditEntry.subject_kind.in_(sorted({kind for kind, _ in subjects})),
            AuditEntry.subject_id.in_([str(one) for _, one in subjects]),
        )
        .order_by(AuditEntry.id.desc())
        .limit(literal_column("200"))
    )
    rows = (await session.execute(statement)).mappings().all()
    return [
        {"at": row["at"], "who": row["person_name"], "text": words_for(row["verb"]), "note": row["note"]}
        for row in rows
    ]
