"""The timeline of proposals and agreements, with their visits and amendments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.audit.models import AuditEntry
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.web.timeline import TimelineEntry
from alongside.platform.workflow import WORKFLOWS

OTHER_WORDS = {
    "write_aim": "added an aim",
    "change_aim": "changed an aim",
    "remove_aim": "removed an aim",
    "signatures_fall": "changed the agreement, so both headteachers must sign again",
    "write_visit_hopes": "wrote the school’s own view of a visit",
    "send_held_message": "sent a message at once, before the school morning",
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


def _entry(at: datetime, who: str, verb: str, note: str | None) -> TimelineEntry:
    return TimelineEntry(at, who, words_for(verb), note)


TIMELINE = Read(
    select(AuditEntry.at, AuditEntry.person_name, AuditEntry.verb, AuditEntry.note)
    .where(
        AuditEntry.authority_id == bindparam("authority_id"),
        AuditEntry.subject_kind == any_(bindparam("kinds", type_=ARRAY(Text))),
        AuditEntry.subject_id == any_(bindparam("ids", type_=ARRAY(Text))),
    )
    .order_by(AuditEntry.id.desc())
    .limit(literal_column("200")),
    _entry,
)


async def timeline_of(
    session: AsyncSession, authority_id: int, subjects: Sequence[tuple[str, UUID]]
) -> list[TimelineEntry]:
    """The timeline of several related records, newest first, 200 entries at most."""
    values = {
        "authority_id": authority_id,
        "kinds": sorted({kind for kind, _ in subjects}),
        "ids": [str(one) for _, one in subjects],
    }
    return await fetch_all(session, TIMELINE, values)
