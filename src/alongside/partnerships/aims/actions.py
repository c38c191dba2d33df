"""Writing, changing and removing aims: each change makes another agreement, not yet signed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere, Refused, Stale
from alongside.journal.actions import write_journal
from alongside.partnerships.model import Aim, Partnership
from alongside.partnerships.queries import aims_of, held_partnership
from alongside.partnerships.sides import OTHER_SIDE, Word, own_side, school_on, tell_schools, urn_on

AIMS_MOST = 8
WORDS = {
    "aim": "What is to be achieved",
    "measure": "How it is measured",
    "baseline": "Where it stands now",
    "target": "Where it should be",
}


async def write_aim(
    session: AsyncSession, person: Person, partnership_id: UUID, typed: Mapping[str, str]
) -> None:
    """Add an aim to an agreement that is being prepared.

    Raises Refused once it runs, or when there are enough.
    """
    row = await _in_preparation(session, person, partnership_id)
    if len(await aims_of(session, person.authority_id, partnership_id)) >= AIMS_MOST:
        raise Refused(f"There are {AIMS_MOST} aims already. Change or remove one.", row.state)
    written = Aim(authority_id=person.authority_id, partnership_id=partnership_id, **_texts(typed))
    session.add(written)
    await session.flush()
    await _another_agreement(session, person, row, "write_aim", {"aim": [None, typed["aim"]]})


async def change_aim(
    session: AsyncSession,
    person: Person,
    partnership_id: UUID,
    aim_id: UUID,
    typed: Mapping[str, str],
    agreement_version: int,
) -> None:
    """Word an aim anew. Raises Stale when the agreement has changed since it was opened."""
    row = await _in_preparation(session, person, partnership_id)
    present = await _aim(session, person, partnership_id, aim_id)
    differing = {name: typed[name] for name in WORDS if typed[name] != getattr(present, name)}
    if row.agreement_version != agreement_version:
        raise Stale(
            [(WORDS[name], text, getattr(present, name)) for name, text in differing.items()],
            row.agreement_version,
        )
    if not differing:
        return
    await session.execute(
        update(Aim)
        .where(Aim.authority_id == person.authority_id, Aim.id == aim_id)
        .values(**_texts(typed))
        .execution_options(synchronize_session=False)
    )
    changes = {name: [getattr(present, name), text] for name, text in differing.items()}
    await _another_agreement(session, person, row, "change_aim", changes)


async def remove_aim(session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID) -> None:
    """Take an aim out of an agreement that is being prepared."""
    row = await _in_preparation(session, person, partnership_id)
    present = await _aim(session, person, partnership_id, aim_id)
    await session.execute(
        delete(Aim)
        .where(Aim.authority_id == person.authority_id, Aim.id == aim_id)
        .execution_options(synchronize_session=False)
    )
    await _another_agreement(session, person, row, "remove_aim", {"aim": [present.aim, None]})


def _texts(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed[name] for name in WORDS}


async def _in_preparation(session: AsyncSession, person: Person, partnership_id: UUID) -> Any:
    row = await held_partnership(session, person, Permission.WRITE_AGREEMENT, partnership_id)
    own_side(person, Permission.WRITE_AGREEMENT, row)
    if row.state != "preparing":
        raise Refused(
            "Both headteachers have signed. Propose a change instead: the other side must agree to it.",
            row.state,
        )
    return row


async def _aim(session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID) -> Any:
    for one in await aims_of(session, person.authority_id, partnership_id):
        if one.id == aim_id:
            return one
    raise NotThere


async def _another_agreement(
    session: AsyncSession, person: Person, row: Any, verb: str, changes: Mapping[str, Any]
) -> None:
    """Count the agreement on, let signatures fall, and tell the other school."""
    await session.execute(
        update(Partnership)
        .where(Partnership.authority_id == person.authority_id, Partnership.id == row.id)
        .values(
            agreement_version=Partnership.agreement_version + 1,
            version=Partnership.version + 1,
            asker_signed_at=None,
            asker_signed_by=None,
            giver_signed_at=None,
            giver_signed_by=None,
        )
        .execution_options(synchronize_session=False)
    )
    urns = (row.asking_urn, row.giving_urn)
    await write_journal(session, person, verb, "partnership", row.id, schools=urns, changes=changes)
    side = own_side(person, Permission.WRITE_AGREEMENT, row)
    text = f"{school_on(side, row)} has changed the aims of your partnership."
    if row.asker_signed_at or row.giver_signed_at:
        await write_journal(session, person, "signatures_fall", "partnership", row.id, schools=urns)
        text += " Signatures under the earlier aims have fallen away."
    await tell_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        Word(
            "aims_changed", text, f"/partnerships/{row.id}", f"aims_changed:{row.id}:{row.agreement_version}"
        ),
    )
