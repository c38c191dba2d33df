"""Record a label of a school, and end it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.school_labels.models import SchoolLabel
from alongside.features.profiles.school_labels.queries import LabelRow
from alongside.features.schools.choices import require_school
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints

OVERLAPS = ("starts_on", "The school has this label on that day already. Enter another day.")


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label to record; with a `rejection` it is recorded as one that the school does not have."""

    school_urn: int
    label: str
    starts_on: date
    source: str
    rejection: str = ""


async def record_label(session: AsyncSession, person: Principal, new: NewLabel) -> UUID:
    """Record a label with the version of its rule. It changes no category.

    Raises NotFound for an unknown school, ValidationFailed for an unknown label or a period that overlaps another one.
    """
    await require_school(session, person.authority_id, new.school_urn)
    entry = settings_of(person.authority_id).school_labels.get(new.label)
    if entry is None or entry.retired:
        raise ValidationFailed({"label": ["Select a label"]})
    await identify_requester(session, person)
    made = SchoolLabel(
        authority_id=person.authority_id,
        school_urn=new.school_urn,
        label=new.label,
        starts_on=new.starts_on,
        ends_on=new.starts_on if new.rejection else None,
        rule_version=entry.rule_version,
        source=new.source,
        end_reason=new.rejection,
        recorded_by=person.id,
    )
    with explain_constraints({"ex_school_label_one_at_a_time": OVERLAPS}):
        async with session.begin_nested():
            session.add(made)
    verb = "reject_label" if new.rejection else "record_label"
    await record_audit(
        session,
        person,
        verb,
        "school_label",
        made.id,
        schools=[new.school_urn],
        changes={"label": [None, new.label], "starts_on": [None, new.starts_on.isoformat()]},
    )
    return made.id


async def end_label(
    session: AsyncSession, person: Principal, row: LabelRow, ends_on: date, reason: str
) -> None:
    """End a label on a day, with a reason. Raises ActionRefused for one that has ended."""
    await identify_requester(session, person)
    ended = await session.execute(
        update(SchoolLabel)
        .where(
            SchoolLabel.authority_id == person.authority_id,
            SchoolLabel.id == row.id,
            SchoolLabel.ends_on.is_(None),
        )
        .values(ends_on=ends_on, end_reason=reason)
        .returning(SchoolLabel.id)
        .execution_options(synchronize_session=False)
    )
    if ended.first() is None:
        raise ActionRefused("This label has ended already.")
    await record_audit(
        session,
        person,
        "end_label",
        "school_label",
        row.id,
        schools=[row.school_urn],
        changes={"ends_on": [None, ends_on.isoformat()]},
        note=reason,
    )
