"""Proposals of categories from the profiles that schools have seen: the preview, and what an officer confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.models import LONGEST_REASONS, PROPOSE, SupportCategory
from alongside.features.categories.proposing import Participation, facts_of, participation_of
from alongside.features.profiles.queries import ProfileProposal, proposals_for
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

CHANGED = (
    "The profiles have changed since you opened this page. Check the proposals again, then propose them."
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The profiles to propose from, by year and phase (empty: both), and the year of the categories."""

    profile_year: str
    academic_year: str
    phase: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A school without a category for the year, and what its profile proposes; without a category people decide."""

    profile_id: UUID
    school_urn: int
    school: str
    category: str | None
    reasons: str
    part: Participation


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be proposed, what needs a person, and how many schools have a category already.

    `seen` stands for the profiles as they were shown.
    """

    ready: Sequence[Candidate]
    by_hand: Sequence[Candidate]
    left_alone: int
    seen: str


async def preview_proposals(session: AsyncSession, person: Principal, selection: Selection) -> Preview:
    """Return what the shared profiles of a year propose for the schools without a category."""
    proposals = await proposals_for(session, person, selection.profile_year, selection.phase)
    schools = {
        (urn, phase): facts
        for phase in {one.phase for one in proposals}
        for urn, facts in (
            await facts_of(
                session, person, [one.school_urn for one in proposals if one.phase == phase], phase
            )
        ).items()
    }
    taken = await _categorised(session, person, selection.academic_year)
    ready: list[Candidate] = []
    by_hand: list[Candidate] = []
    left_alone, seen = 0, sha256()
    for one in proposals:
        seen.update(f"{one.id} {one.snapshot_number};".encode())
        school = schools[one.school_urn, one.phase]
        part = participation_of(person.authority_id, school, one.phase)
        if (one.school_urn, one.phase) in taken:
            left_alone += 1
        elif part.refusal is None:
            candidate = _candidate(person.authority_id, one, school.name, part)
            (ready if candidate.category else by_hand).append(candidate)
    return Preview(_by_name(ready), _by_name(by_hand), left_alone, seen.hexdigest())


def _candidate(authority_id: int, one: ProfileProposal, school: str, part: Participation) -> Candidate:
    category = settings_of(authority_id).categories.get(one.proposed_category or "")
    reasons = one.proposed_reasons
    proposed = one.proposed_category if category is not None and not category.retired else None
    if part.narrative:
        proposed, reasons = None, ["The support for this school is described in words."]
    elif one.proposed_category and proposed is None:
        reasons = ["The method proposes a category that is no longer used."]
    return Candidate(one.id, one.school_urn, school, proposed, "\n".join(reasons)[:LONGEST_REASONS], part)


def _by_name(found: list[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (one.school, one.school_urn, one.part.phase))


async def _categorised(session: AsyncSession, person: Principal, year: str) -> set[tuple[int, str]]:
    """Return the schools and phases that have a category for a year."""
    await identify_requester(session, person)
    found = await session.execute(
        select(SupportCategory.school_urn, SupportCategory.phase).where(
            SupportCategory.authority_id == person.authority_id,
            SupportCategory.academic_year == year,
            SupportCategory.state != "withdrawn",
        )
    )
    return {(urn, phase) for urn, phase in found}


async def propose_from_profiles(
    session: AsyncSession, person: Principal, selection: Selection, seen: str
) -> tuple[int, int]:
    """Propose what the profiles propose; returns how many schools, and how many had a category already.

    Schools with a category are left alone, so that a repeated request does nothing. Raises ActionRefused if the
    profiles are not those that were `seen`.
    """
    preview = await preview_proposals(session, person, selection)
    if preview.seen != seen:
        raise ActionRefused(CHANGED)
    rows = [
        {
            "authority_id": person.authority_id,
            "school_urn": one.school_urn,
            "academic_year": selection.academic_year,
            "phase": one.part.phase,
            "state": PROPOSE.end,
            "consortium_id": one.part.consortium_id,
            "advisory": one.part.advisory,
            "category_proposed": one.category,
            "reasons_proposed": one.reasons,
            "proposed_by": person.id,
            "proposed_on": person.today,
        }
        for one in preview.ready
    ]
    if not rows:
        return 0, preview.left_alone
    await identify_requester(session, person)
    made = await session.execute(
        insert(SupportCategory).values(rows).on_conflict_do_nothing().returning(SupportCategory.id)
    )
    ids = list(made.scalars())
    for support_category_id in ids:
        await record_audit(session, person, PROPOSE.verb, "support_category", support_category_id)
    return len(ids), preview.left_alone + len(rows) - len(ids)
