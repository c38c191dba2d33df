"""Memberships: at most one per phase, and past ones are kept."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused, NotFound
from alongside.features.consortia.actions import join_consortium, leave_consortium
from alongside.features.consortia.queries import consortia_of, members_of, memberships_of
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.personas import FORD, MILL, NORTH, NORTHSHIRE, PARK, SOUTH, SOUTHSHIRE

TODAY = date(2026, 11, 24)
OPERATOR = system(NORTHSHIRE, TODAY)
SECONDARY = UUID("00000000-0000-7000-8000-0000000000aa")


async def with_secondary(database: Database, school_phase: str = "all_through") -> None:
    """A secondary consortium, and Ford in a phase of the test's choice."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO consortium (authority_id, id, key, name, phase)"
                f" VALUES (901, '{SECONDARY}', 'upper', 'Upper', 'secondary')"
            )
        )
        await session.execute(text(f"UPDATE school SET phase = '{school_phase}' WHERE urn = {FORD}"))


async def test_a_school_joins_and_is_counted_from_that_day(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await join_consortium(session, OPERATOR, FORD, NORTH, TODAY)
        assert {row.urn for row in await members_of(session, NORTHSHIRE, NORTH, TODAY)} == {MILL, PARK, FORD}
        counts = {row.name: row.members for row in await consortia_of(session, NORTHSHIRE, TODAY)}
        assert counts == {"North": 3, "South": 2}
        assert len(await members_of(session, NORTHSHIRE, NORTH, date(2026, 11, 23))) == 2
        entry = (
            await session.execute(text("SELECT verb, schools FROM audit_entry ORDER BY id DESC LIMIT 1"))
        ).one()
        assert tuple(entry) == ("join_consortium", [FORD])


async def test_a_school_that_leaves_keeps_its_past(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await leave_consortium(session, OPERATOR, MILL, NORTH, TODAY)
        assert await memberships_of(session, NORTHSHIRE, [MILL], TODAY) == []
        assert [
            row.name for row in await memberships_of(session, NORTHSHIRE, [MILL], date(2026, 11, 23))
        ] == ["North"]
        await join_consortium(session, OPERATOR, MILL, SOUTH, TODAY)
        with pytest.raises(ActionRefused, match="does not belong"):
            await leave_consortium(session, OPERATOR, MILL, NORTH, TODAY)


async def test_no_school_is_in_two_consortia_of_a_phase(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="must leave that one first"):
            await join_consortium(session, OPERATOR, MILL, SOUTH, TODAY)
    with pytest.raises(Exception, match="ex_consortium_membership_one_at_a_time"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(
                text(
                    "INSERT INTO consortium_membership"
                    " (authority_id, school_urn, consortium_id, phase, starts_on, ends_on)"
                    f" VALUES (901, {MILL}, '{SOUTH}', 'primary', '2021-01-01', '2022-01-01')"
                )
            )


async def test_an_all_through_school_has_one_membership_in_each_phase(database: Database) -> None:
    await with_secondary(database)
    async with database.transaction(NORTHSHIRE) as session:
        await join_consortium(session, OPERATOR, FORD, NORTH, TODAY)
        await join_consortium(session, OPERATOR, FORD, SECONDARY, TODAY)
        found = await memberships_of(session, NORTHSHIRE, [FORD], TODAY)
        assert [(row.phase, row.key) for row in found] == [("primary", "north"), ("secondary", "upper")]


async def test_a_primary_school_cannot_join_a_secondary_consortium(database: Database) -> None:
    await with_secondary(database, "primary")
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(
            ActionRefused, match="Ford Primary School cannot belong to a secondary consortium"
        ):
            await join_consortium(session, OPERATOR, FORD, SECONDARY, TODAY)
    with pytest.raises(Exception, match="foreign key"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(
                text(
                    "INSERT INTO consortium_membership"
                    " (authority_id, school_urn, consortium_id, phase, starts_on)"
                    f" VALUES (901, {FORD}, '{SECONDARY}', 'primary', '2026-09-01')"
                )
            )


async def test_a_closed_school_joins_nothing(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(f"UPDATE school SET status = 'closed' WHERE urn = {FORD}"))
        with pytest.raises(ActionRefused, match="is not open"):
            await join_consortium(session, OPERATOR, FORD, NORTH, TODAY)


async def test_what_is_not_there_cannot_be_joined(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(NotFound):
            await join_consortium(session, OPERATOR, FORD, SECONDARY, TODAY)
        with pytest.raises(NotFound):
            await join_consortium(session, OPERATOR, 123456, NORTH, TODAY)


async def test_the_twins_consortium_is_untouched(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await join_consortium(session, OPERATOR, FORD, NORTH, TODAY)
    async with database.transaction(SOUTHSHIRE) as session:
        assert {row.urn for row in await members_of(session, SOUTHSHIRE, NORTH, TODAY)} == {MILL, PARK}
        assert await members_of(session, NORTHSHIRE, NORTH, TODAY) == []


async def test_two_officers_placing_one_school_at_once_place_it_once(database: Database) -> None:
    first_wrote, second_tries = asyncio.Event(), asyncio.Event()

    async def first() -> str:
        async with database.transaction(NORTHSHIRE) as session:
            await join_consortium(session, OPERATOR, FORD, NORTH, TODAY)
            first_wrote.set()
            await second_tries.wait()
            await asyncio.sleep(0.1)
        return "placed"

    async def second() -> str:
        await first_wrote.wait()
        async with database.transaction(NORTHSHIRE) as session:
            second_tries.set()
            try:
                await join_consortium(session, OPERATOR, FORD, SOUTH, TODAY)
            except ActionRefused:
                return "refused"
        return "placed too"

    assert [*await asyncio.gather(first(), second())] == ["placed", "refused"]
    async with database.transaction(NORTHSHIRE) as session:
        assert [row.key for row in await memberships_of(session, NORTHSHIRE, [FORD], TODAY)] == ["north"]
