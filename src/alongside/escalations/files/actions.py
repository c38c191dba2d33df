"""Adding attachments and taking them away."""

import re
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused
from alongside.escalations.asking import refuse_interest
from alongside.escalations.files.kinds import KINDS
from alongside.escalations.files.model import LARGEST, CaseFile
from alongside.escalations.files.queries import file_to, room_taken
from alongside.escalations.model import FINALS
from alongside.escalations.moving import tell_story
from alongside.escalations.queries import held_case
from alongside.journal.actions import write_journal

WORK = Permission.WORK_ON_CASE
MOST_FILES = 40
MOST_BYTES = 60_000_000
TAKEN = ", ".join(kind.label for kind in KINDS.values())


async def add_file(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    name: str,
    content: bytes,
    *,
    kind: str | None,
    for_school: bool,
) -> UUID:
    """Keep a file with a case, as the `kind` that `kind_of` found by its content.

    Raises Invalid for a file that is empty, too large, of no kind that a case takes, or not what its name says.
    """
    row = await held_case(session, person, WORK, case_id)
    await refuse_interest(session, person, row)
    if row.state in FINALS:
        raise Refused("This case is over, so nothing can be added to it. Open it again first.", row.state)
    kind = checked_kind(name, content, kind)
    count, size = await room_taken(session, person, case_id)
    if count >= MOST_FILES or size + len(content) > MOST_BYTES:
        raise Invalid({"file": [f"A case holds {MOST_FILES} attachments and 60 MB. Take one away first."]})
    made = CaseFile(
        authority_id=person.authority_id,
        case_id=case_id,
        name=safe_name(name, kind),
        kind=kind,
        size=len(content),
        content=content,
        for_school=for_school,
        added_by=person.id,
    )
    session.add(made)
    await session.flush()
    await write_journal(session, person, "add_file", "escalation", case_id)
    await tell_story(session, person, case_id, "add_file", made.name, for_school=for_school)
    return made.id


async def remove_file(session: AsyncSession, person: Person, file_id: UUID, why: str) -> UUID:
    """Take an attachment away: its content goes, its line stays, with the reason. Returns the case."""
    file, row = await file_to(session, person, WORK, file_id)
    row = await held_case(session, person, WORK, row.id)
    await refuse_interest(session, person, row)
    await session.execute(
        update(CaseFile)
        .where(CaseFile.authority_id == person.authority_id, CaseFile.id == file_id)
        .values(content=None, removed_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await write_journal(session, person, "remove_file", "escalation", row.id)
    await tell_story(
        session, person, row.id, "remove_file", f"{file.name}\n{why}", for_school=file.for_school
    )
    case_id: UUID = row.id
    return case_id


def checked_kind(name: str, content: bytes, kind: str | None) -> str:
    """The `kind` that a file has by its content, if its name says the same. Raises Invalid with the cure."""
    if not content:
        raise Invalid({"file": ["This file is empty. Choose another."]})
    if len(content) > LARGEST:
        raise Invalid(
            {"file": [f"This file is larger than {LARGEST // 1_000_000} MB. Choose a smaller one."]}
        )
    if kind is None:
        raise Invalid({"file": [f"This is no file that a case takes. Choose one of: {TAKEN}."]})
    ending = name.rpartition(".")[2].lower()
    if ending not in (KINDS[kind].ending, *({"jpeg"} if kind == "jpeg" else set())):
        raise Invalid(
            {
                "file": [
                    f"The name says “{ending[:12]}”, but the content is a {KINDS[kind].label}. Check the file."
                ]
            }
        )
    return kind


def safe_name(name: str, kind: str) -> str:
    """A name to save it under: letters, digits, spaces and a few marks, with the ending of what it is."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    plain = re.sub(r"\s+", " ", re.sub(r"[^\w ().,&’'-]", " ", stem)).strip(" .")[:100]
    return f"{plain or 'attachment'}.{KINDS[kind].ending}"
