"""The timeline of proposals and agreements, with their visits and amendments."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, any_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.amendment import DROP_AMENDMENT
from alongside.features.agreements.models import CHALLENGE, CLOSE, END_EARLY
from alongside.features.agreements.visit import DROP_VISIT
from alongside.platform.audit.models import AuditEntry
from alongside.platform.database.reads import Read, columns_of, fetch_all
from alongside.platform.web.timeline import TimelineEntry
from alongside.platform.workflow import WORKFLOWS

OF_AN_ENDING = {
    *(END_EARLY.verb, CHALLENGE.verb, CLOSE.verb, DROP_VISIT.verb, DROP_AMENDMENT.verb, "send_held_message"),
}
"""Actions that tell of an ending."""

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


class Entry(msgspec.Struct, frozen=True):
    """One entry of the audit log."""

    at: datetime
    person_id: UUID | None
    person_name: str
    verb: str
    note: str | None


TIMELINE = Read(
    select(*columns_of(Entry, AuditEntry))
    .where(
        AuditEntry.authority_id == bindparam("authority_id"),
        AuditEntry.subject_kind == any_(bindparam("kinds", type_=ARRAY(Text))),
        AuditEntry.subject_id == any_(bindparam("ids", type_=ARRAY(Text))),
    )
    .order_by(AuditEntry.id.desc())
    .limit(literal_column("200")),
    Entry,
)


async def timeline_of(
    session: AsyncSession,
    authority_id: int,
    subjects: Sequence[tuple[str, UUID]],
    hidden: Callable[[Entry], bool] = lambda _: False,
) -> list[TimelineEntry]:
    """The timeline of several related records, newest first, 200 entries at most.

    Entries of which the reader is told later are left out.
    """
    values = {
        "authority_id": authority_id,
        "kinds": sorted({kind for kind, _ in subjects}),
        "ids": [str(one) for _, one in subjects],
    }
    return [
        TimelineEntry(one.at, one.person_name, words_for(one.verb), one.note)
        for one in await fetch_all(session, TIMELINE, values)
        if not hidden(one)
    ]
