"""Apply a register: one transaction, nothing deleted, every change recorded."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.schools.changes import Change, ChangeReport, compare, refuse_cut_off
from alongside.features.schools.gias import Register
from alongside.features.schools.gias_links import Link
from alongside.features.schools.history import RegisterChange, RegisterImport
from alongside.features.schools.models import School, SchoolLink
from alongside.features.schools.queries import known_links, known_schools, last_import
from alongside.features.schools.record import SchoolFields
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.web.formatting import format_count

VERBS = {
    "opened": "open_school",
    "closed": "close_school",
    "converted": "convert_school",
    "merged": "merge_school",
    "reopened": "reopen_school",
    "gone": "lose_school",
    "back": "find_school_again",
}
"""The kinds of change that get an audit log entry for the school."""


async def apply_register(
    session: AsyncSession, person: Principal, register: Register, report: ChangeReport, *, fewer: bool = False
) -> UUID | None:
    """Apply a register as reported; returns the import's id, or None when it was in force already.

    Raises ActionRefused when the schools changed since the report was made, or when too many are missing and
    `fewer` is not set. Nothing is written then.
    """
    if not fewer:
        refuse_cut_off(register, report)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("register"), person.authority_id)))
    known = await known_schools(session, person.authority_id)
    links = await known_links(session, person.authority_id)
    if compare(register, known, links).changes != report.changes:
        raise ActionRefused("The register was changed by somebody else meanwhile. Import the file again.")
    before = await last_import(session, person.authority_id)
    if not report.changes and before is not None and before.sha256 == register.sha256:
        return None
    await _write_schools(session, person, register, report.changes, known)
    if register.links is not None:
        await _write_links(session, person.authority_id, register.links)
    return await _write_history(session, person, register, report.changes)


async def take_over_register(session: AsyncSession, person: Principal, register: Register) -> ChangeReport:
    """Apply a register without showing its report first, for the demonstration and jobs."""
    known = await known_schools(session, person.authority_id)
    report = compare(register, known, await known_links(session, person.authority_id))
    await apply_register(session, person, register, report)
    return report


async def _write_schools(
    session: AsyncSession,
    person: Principal,
    register: Register,
    changes: Sequence[Change],
    known: Mapping[int, SchoolFields],
) -> None:
    authority_id = person.authority_id
    new = [one for urn, one in register.schools.items() if urn not in known]
    if new:
        # A single multi-row statement requires the same columns in all rows.
        names = sorted({name for one in new for name in one})
        rows = [{"authority_id": authority_id, **{name: one.get(name) for name in names}} for one in new]
        await session.execute(insert(School), rows)
    changed: dict[int, dict[str, object]] = {}
    for change in changes:
        if change.kind == "gone":
            changed.setdefault(change.urn, {}).update(gone_since=person.today, status="closed")
        elif change.kind == "back":
            changed.setdefault(change.urn, {})["gone_since"] = None
        elif change.field is not None and change.field != "links":
            changed.setdefault(change.urn, {})[change.field] = register.schools[change.urn].get(change.field)
    for urn, values in changed.items():
        await session.execute(
            update(School).where(School.authority_id == authority_id, School.urn == urn).values(values),
            execution_options={"synchronize_session": False},
        )


async def _write_links(session: AsyncSession, authority_id: int, links: Mapping[int, Sequence[Link]]) -> None:
    """Replace the links of these schools by the register's; known names and dates are kept."""
    stands = await known_links(session, authority_id)
    for urn, wanted in links.items():
        kept = {(link.other_urn, link.link_type) for link in wanted}
        for link in stands.get(urn, ()):
            if (link.other_urn, link.link_type) not in kept:
                await session.execute(
                    delete(SchoolLink).where(
                        SchoolLink.authority_id == authority_id,
                        SchoolLink.urn == urn,
                        SchoolLink.other_urn == link.other_urn,
                        SchoolLink.link_type == link.link_type,
                    )
                )
    rows = [
        {
            "authority_id": authority_id,
            "urn": urn,
            "other_urn": link.other_urn,
            "link_type": link.link_type,
            "kind": link.kind,
            "other_name": link.other_name,
            "established_on": link.established_on,
        }
        for urn, wanted in links.items()
        for link in {(one.other_urn, one.link_type): one for one in wanted}.values()
    ]
    if rows:
        add = upsert(SchoolLink)
        await session.execute(
            add.on_conflict_do_update(
                index_elements=["authority_id", "urn", "other_urn", "link_type"],
                set_={
                    "other_name": func.coalesce(add.excluded.other_name, SchoolLink.other_name),
                    "established_on": func.coalesce(add.excluded.established_on, SchoolLink.established_on),
                },
            ),
            rows,
        )


async def _write_history(
    session: AsyncSession, person: Principal, register: Register, changes: Sequence[Change]
) -> UUID:
    made = RegisterImport(
        authority_id=person.authority_id,
        file_name=register.file_name,
        sha256=register.sha256,
        as_at=register.as_at,
        applied_by=person.name or person.role_name,
        rows_read=len(register.schools),
        rows_unreadable=len({fault.line for fault in register.faults}),
        changes=len(changes),
    )
    session.add(made)
    await session.flush()
    if changes:
        await session.execute(
            insert(RegisterChange),
            [
                {
                    "authority_id": person.authority_id,
                    "import_id": made.id,
                    "urn": change.urn,
                    "kind": change.kind,
                    "other_urn": change.other_urn,
                    "field": change.field,
                    "old": change.old,
                    "new": change.new,
                }
                for change in changes
            ],
        )
    await record_audit(
        session,
        person,
        "import_register",
        "register_import",
        made.id,
        note=f"{register.file_name}: {format_count(len(register.schools), 'school')}, "
        f"{format_count(len(changes), 'change')}",
    )
    for change in changes:
        if change.kind in VERBS:
            schools = (change.urn, change.other_urn)
            await record_audit(session, person, VERBS[change.kind], "school", change.urn, schools=schools)
    return made.id
