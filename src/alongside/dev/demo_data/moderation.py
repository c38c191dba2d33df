"""Directory entries of the demonstration in every state of moderation, and their use by other schools."""

from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Staff
from alongside.dev.demo_data.drafts import ENTRIES
from alongside.errors import AlongsideError
from alongside.features.directory.actions import archive_entry, change_entry, draft_entry, submit_entry
from alongside.features.directory.adoptions.actions import adopt_entry
from alongside.features.directory.consents.actions import consent_to_entry
from alongside.features.directory.moderation.actions import peer_check_entry, return_entry, verify_entry
from alongside.features.directory.suggested_entries.actions import draft_entry_from_agreement
from alongside.platform.access.principal import Principal

STAGES = (
    "draft",
    "submitted",
    "checked",
    "returned",
    "verified",
    "amended",
    "unfinished",
    "archived",
    "submitted",
)
SAID = (
    ("yes", "We began with Year 1 and now all classes do it."),
    ("yes", "It took us a term longer, because we had to train more people first."),
    ("partly", "It worked in the mornings; after lunch we had nobody to run it."),
    ("too_early", "We have only just begun."),
    ("yes", ""),
    ("no", "Our building has no room for it, so it stopped after six weeks."),
)
PHASES = text("SELECT urn, phase FROM school WHERE authority_id = :authority_id")
LISTED = text(
    "SELECT id, school_urn FROM directory_entry WHERE authority_id = :authority_id"
    " AND state IN ('verified', 'reverified') AND visible_to_authority_from <= :today ORDER BY title LIMIT 40"
)
CLOSED = text(
    "SELECT id, requesting_urn, supporting_urn FROM support_agreement WHERE authority_id = :authority_id"
    " AND state = 'closed' AND outcome = 'met' ORDER BY id LIMIT 2"
)
VERSION = text(
    "SELECT version, edition FROM directory_entry WHERE authority_id = :authority_id AND id = :entry_id"
)


async def check_practice(session: AsyncSession, staff: Staff) -> int:
    """Create entries in every state with the product's own actions; returns the number."""
    random, made = Random(staff.authority_id + 4), 0
    found = await session.execute(PHASES, {"authority_id": staff.authority_id})
    phases: dict[int, str] = {row.urn: row.phase for row in found}
    for number, (phase, written) in enumerate(ENTRIES):
        fitting = {
            key: [urn for urn in sorted(urns) if phases[urn] == phase and urn in staff.heads]
            for key, urns in sorted(staff.members.items())
        }
        large = [key for key, urns in fitting.items() if len(urns) > 4]
        if large:
            consortium = large[number % len(large)]
            head, peer = (staff.heads[urn] for urn in random.sample(fitting[consortium][2:], 2))
            people = (head, peer, staff.leads[consortium])
            await _bring_to(session, people, written, STAGES[number % len(STAGES)])
            made += 1
    await _use(session, staff, random)
    return made + await _suggest_entry(session, staff)


async def _bring_to(
    session: AsyncSession,
    people: tuple[Principal, Principal, Principal],
    written: dict[str, object],
    stage: str,
) -> None:
    head, peer, lead = people
    kind = "work_in_progress" if stage == "unfinished" else "practice"
    assert head.school_urn is not None
    entry_id = await draft_entry(session, head, head.school_urn, written | {"kind": kind})
    if stage == "draft":
        return
    await submit_entry(session, head, entry_id)
    if stage == "submitted":
        return
    await peer_check_entry(session, peer, entry_id, "Clear enough that we could begin tomorrow.", fit=True)
    if stage == "returned":
        await return_entry(session, lead, entry_id, "Say how many pupils took part, and over how many weeks.")
    if stage in ("returned", "checked"):
        return
    version, _ = await _stands(session, head, entry_id)
    await verify_entry(session, lead, entry_id, 2, "Watched it in two classes.", version)
    if stage == "amended":
        version, _ = await _stands(session, head, entry_id)
        again = written | {"what_to_avoid": "Do not begin in all classes at once."}
        await change_entry(session, head, entry_id, again, version)
    elif stage == "archived":
        await archive_entry(session, head, entry_id, "We do it another way now.")


async def _use(session: AsyncSession, staff: Staff, random: Random) -> None:
    """Record how other schools use an entry."""
    values = {"authority_id": staff.authority_id, "today": staff.today}
    heads = [staff.heads[urn] for urn in sorted(staff.heads)]
    for entry in (await session.execute(LISTED, values)).all()[::3]:
        for head in random.sample(heads, random.randrange(1, 5)):
            worked, notes = random.choice(SAID)
            try:
                async with session.begin_nested():
                    await adopt_entry(session, head, entry.id, worked, notes)
            except AlongsideError:
                continue  # its own school


async def _suggest_entry(session: AsyncSession, staff: Staff) -> int:
    """Entries suggested by closed agreements: one school has agreed, the other has not answered yet."""
    closed = (await session.execute(CLOSED, {"authority_id": staff.authority_id})).all()
    for one in closed:
        requesting_head, supporting_head = staff.heads[one.requesting_urn], staff.heads[one.supporting_urn]
        entry_id = await draft_entry_from_agreement(session, requesting_head, one.id)
        _, edition = await _stands(session, requesting_head, entry_id)
        await consent_to_entry(session, requesting_head, entry_id, edition)
        if one is not closed[0]:
            await consent_to_entry(session, supporting_head, entry_id, edition)
    return len(closed)


async def _stands(session: AsyncSession, person: Principal, entry_id: UUID) -> tuple[int, int]:
    """The current version and edition of an entry."""
    values = {"authority_id": person.authority_id, "entry_id": entry_id}
    row = (await session.execute(VERSION, values)).one()
    return row.version, row.edition
