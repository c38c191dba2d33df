"""What a motion does when it is carried: the effects that features declare, for the records that it names."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.motions.access_policy import identify_requester
from alongside.features.motions.declaring import derive_interests
from alongside.features.motions.models import Motion, MotionSubject
from alongside.features.motions.queries import subjects_of
from alongside.features.motions.rows import MotionRow
from alongside.features.motions.writing import SENTENCES
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.feature import installed_features
from alongside.platform.motion_effects import Decision, EffectSubject, MotionEffect


@dataclass(frozen=True, slots=True)
class ShownEffect:
    """What a motion does to one record, in words, and the page of the record if the reader opens it."""

    label: str
    name: str
    path: str


def effects() -> dict[str, MotionEffect]:
    """Return the effects of all features by their kind."""
    declared = (
        one for feature in installed_features() for one in feature.load(feature.motion_effects, MotionEffect)
    )
    return {one.kind: one for one in declared}


async def possible_effects(
    session: AsyncSession, person: Principal
) -> dict[str, tuple[MotionEffect, EffectSubject]]:
    """Return what a motion could decide today, by the key of a choice."""
    as_system = system(person.authority_id, person.today)
    return {
        f"{kind}:{subject.id}": (effect, subject)
        for kind, effect in effects().items()
        for subject in await effect.choices(session, as_system)
    }


async def add_effect(
    session: AsyncSession, person: Principal, row: MotionRow, effect: MotionEffect, subject: EffectSubject
) -> None:
    """Let a motion that is tabled decide on one more record, and derive the interests in its school."""
    await identify_requester(session, person)
    urns = [] if subject.school_urn is None else [subject.school_urn]
    with explain_constraints(SENTENCES, row.state):
        await session.execute(
            insert(MotionSubject).values(
                authority_id=row.authority_id,
                motion_id=row.id,
                kind=effect.kind,
                subject=subject.id,
                label=subject.label,
                school_urn=subject.school_urn,
            )
        )
        if not set(urns) <= set(row.schools):
            await session.execute(
                update(Motion)
                .where(Motion.authority_id == row.authority_id, Motion.id == row.id)
                .values(schools=func.array_cat(Motion.schools, urns))
                .execution_options(synchronize_session=False)
            )
    await derive_interests(session, person, row.id)
    await record_audit(session, person, "add_effect_to_motion", "motion", row.id, schools=urns)


async def effects_of(session: AsyncSession, person: Principal, row: MotionRow) -> list[ShownEffect]:
    """Return what a motion does when it is carried, with links to the pages that this person opens."""
    await identify_requester(session, person)
    known = effects()
    found = []
    for one in await subjects_of(session, row):
        effect = known.get(one.kind)
        if effect is not None:
            opens = has_permission(person, effect.permission)
            found.append(ShownEffect(effect.label, one.label, effect.path(one.subject) if opens else ""))
    return found


async def apply_effects(session: AsyncSession, row: MotionRow, on: date) -> None:
    """Do what a motion that is carried decides, in the same transaction. Raises ActionRefused."""
    by_kind: dict[str, list[str]] = {}
    for one in await subjects_of(session, row):
        by_kind.setdefault(one.kind, []).append(one.subject)
    decision = Decision(row.id, f"{row.body_name}, motion {row.reference}", on)
    known = effects()
    for kind, ids in by_kind.items():
        if kind in known:
            await known[kind].apply(session, system(row.authority_id, on), decision, ids)


def chosen_effect(
    possible: dict[str, tuple[MotionEffect, EffectSubject]], key: str
) -> tuple[MotionEffect, EffectSubject]:
    """Return the effect of a choice. Raises ActionRefused if it waits no longer."""
    if key not in possible:
        raise ActionRefused("This no longer waits for the board.")
    return possible[key]
