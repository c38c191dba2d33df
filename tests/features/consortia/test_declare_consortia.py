"""Consortia follow the settings: they begin, are renamed, end and reopen, without losing members."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.authorities.setting_types import DeclaredConsortium
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.actions import leave_consortium
from alongside.features.consortia.commands import apply_authority, planned_lines
from alongside.features.consortia.provisioning import apply_consortia, consortium_changes
from alongside.features.consortia.queries import consortia_of
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.features.authorities.tenant_file_text import northshire, settings_with
from tests.features.needs.stored_rows import change_school
from tests.personas import LOCK, NORTHSHIRE, QUAY, SOUTH

TODAY = date(2026, 11, 24)
OPERATOR = system(NORTHSHIRE, TODAY)


def with_consortia(**declared: tuple[str, str]) -> AuthoritySettings:
    made = {
        key: DeclaredConsortium(name=name, phase=phase)  # type: ignore[arg-type]
        for key, (name, phase) in declared.items()
    }
    return replace(northshire(), consortia=made)


async def test_nothing_is_planned_when_nothing_differs(database: Database) -> None:
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert await planned_lines(session, northshire()) == ([], [])


async def test_a_consortium_begins_and_another_is_renamed(database: Database) -> None:
    wanted = with_consortia(
        north=("Far North", "primary"), south=("South", "primary"), upper=("Upper", "secondary")
    )
    async with database.transaction(NORTHSHIRE) as session:
        done = await apply_consortia(session, OPERATOR, wanted)
        assert [str(step) for step in done] == [
            "~ consortium north: North → Far North",
            "+ consortium upper: Upper (secondary) begins",
        ]
        assert await consortium_changes(session, wanted, TODAY) == []
        verbs = (await session.execute(text("SELECT verb FROM audit_entry ORDER BY id"))).scalars()
        assert list(verbs) == ["rename_consortium", "begin_consortium"]


async def test_a_consortium_with_members_is_not_taken_out(operator: Database) -> None:
    without_south = with_consortia(north=("North", "primary"))
    with pytest.raises(ActionRefused, match="south: has 2 member schools"):
        async with operator.transaction(NORTHSHIRE) as session:
            await apply_authority(session, OPERATOR, without_south)
    async with operator.transaction(NORTHSHIRE) as session:
        assert [row.ended_on for row in await consortia_of(session, NORTHSHIRE, TODAY)] == [None, None]
        assert await session.scalar(text("SELECT max(version) FROM authority_settings")) == 1


async def test_one_without_members_ends_keeps_its_past_and_may_begin_again(database: Database) -> None:
    without_south = with_consortia(north=("North", "primary"))
    async with database.transaction(NORTHSHIRE) as session:
        for urn in (QUAY, LOCK):
            await leave_consortium(session, OPERATOR, urn, SOUTH, TODAY)
        await apply_consortia(session, OPERATOR, without_south)
        ended = {row.key: row.ended_on for row in await consortia_of(session, NORTHSHIRE, TODAY)}
        assert ended == {"north": None, "south": TODAY}
        past = await session.scalar(
            text(f"SELECT count(*) FROM consortium_membership WHERE consortium_id = '{SOUTH}'")
        )
        assert past == 2
        await apply_consortia(session, OPERATOR, northshire())
        assert await consortium_changes(session, northshire(), TODAY) == []


async def test_the_phase_of_a_consortium_never_changes(database: Database) -> None:
    other_phase = with_consortia(north=("North", "secondary"), south=("South", "primary"))
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="cannot change"):
            await apply_consortia(session, OPERATOR, other_phase)


async def test_settings_and_consortia_are_applied_together(operator: Database, tmp_path: Path) -> None:
    wanted = settings_with(
        tmp_path,
        {"periods": {"respond_by": 7}, "consortia": {"upper": {"name": "Upper", "phase": "secondary"}}},
    )
    async with operator.transaction(NORTHSHIRE) as session:
        lines, refused = await planned_lines(session, wanted)
        assert lines == ["~ periods.respond_by: 5 → 7", "+ consortium upper: Upper (secondary) begins"]
        assert refused == []
        assert await apply_authority(session, OPERATOR, wanted) == 2
        assert await planned_lines(session, wanted) == ([], [])


async def test_a_consortium_whose_members_have_all_closed_can_end(
    database: Database, copy: DatabaseCopy
) -> None:
    """The memberships of closed schools end with it, each on record; an open member still keeps it."""
    without_south = with_consortia(north=("North", "primary"))
    await change_school(copy, QUAY, status="closed")
    async with database.transaction(NORTHSHIRE) as session:
        (step,) = await consortium_changes(session, without_south, TODAY)
        assert (
            str(step) == "! consortium south: has 1 member schools. Place them elsewhere first, or keep it."
        )
    await change_school(copy, LOCK, status="closed")
    async with database.transaction(NORTHSHIRE) as session:
        await apply_consortia(session, OPERATOR, without_south)
        ended = {row.key: row.ended_on for row in await consortia_of(session, NORTHSHIRE, TODAY)}
        assert ended == {"north": None, "south": TODAY}
        members = await session.execute(
            text(f"SELECT ends_on FROM consortium_membership WHERE consortium_id = '{SOUTH}'")
        )
        assert {row.ends_on for row in members} == {TODAY}
        left = await session.execute(text("SELECT schools FROM audit_entry WHERE verb = 'leave_consortium'"))
        assert sorted(row.schools for row in left) == [[QUAY], [LOCK]]
