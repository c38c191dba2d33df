"""An import is stored in one transaction; a later release replaces an earlier one, and both stay readable."""

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.commands import performance
from alongside.features.performance.figures import benchmarks_of, figures_of
from alongside.features.performance.importing.actions import apply_import
from alongside.features.performance.importing.plan import ImportPlan, plan_import
from alongside.features.performance.importing.queries import Successor, counted_schools, with_predecessors
from alongside.features.performance.published.content import Question, Table
from alongside.features.performance.published.reading import read_table
from alongside.features.performance.published.sheets import read_sheet
from alongside.features.schools.models import SchoolLink
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.databases import SIGNING_KEY, TENANTS, DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.performance.builders import DAY, MEASURE, YEAR
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, OFFICER, PARK

FILES = Path(__file__).parent / "files"
PERSON = system(NORTHSHIRE, DAY)
HEADING = "RECTYPE,LEA,URN,TELIG,PTRWM_EXP"
OLD = 880001
"""The URN of Mill before it became an academy; the register knows it by a link only."""


async def read(session: AsyncSession, *rows: str, release: str = "final") -> tuple[Table, dict[int, int]]:
    """Read a table of key stage 2 with these rows."""
    schools = await counted_schools(session, NORTHSHIRE)
    question = Question(NORTHSHIRE, measures_of(settings_of(NORTHSHIRE)), frozenset(schools), release=release)
    body = "\n".join([HEADING, *rows, ""]).encode()
    return read_table(read_sheet("ks2_2024-25.csv", body), question), schools


async def store(session: AsyncSession, *rows: str, release: str = "final") -> ImportPlan:
    """Import a table of key stage 2 with these rows; returns what it changed."""
    table, schools = await read(session, *rows, release=release)
    plan = await plan_import(session, PERSON, table, schools)
    await apply_import(session, PERSON, table, schools)
    return plan


async def live(session: AsyncSession) -> list[tuple[int, str, Decimal | None, bool, int | None]]:
    """The live figures of the measure, as the core team reads them."""
    await identify_requester(session, acting(OFFICER))
    return [
        (one.school_urn, one.status, one.value, one.provisional, one.from_urn)
        for one in await figures_of(session, urns=None, measures=[MEASURE], years=[YEAR])
    ]


async def test_a_final_release_replaces_a_provisional_one_and_both_stay_readable(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await store(session, "1,901,990001,30,60%", "1,901,990002,30,SUPP", release="provisional")
        assert await live(session) == [
            (MILL, "ok", Decimal(60), True, None),
            (PARK, "suppressed", None, True, None),
        ]
        plan = await store(session, "1,901,990001,30,63%", "1,901,990002,30,SUPP", "7,,,,62%")
        assert (len(plan.new), len(plan.changed), len(plan.confirmed), len(plan.benchmarks)) == (0, 1, 1, 1)
        assert await live(session) == [
            (MILL, "ok", Decimal(63), False, None),
            (PARK, "suppressed", None, False, None),
        ]
        stored = await session.execute(
            text(
                "SELECT f.value, i.release, f.superseded_by IS NULL FROM performance_figure f"
                " JOIN performance_import i USING (authority_id) WHERE f.import_id = i.id AND f.school_urn = 990001"
                " ORDER BY f.id"
            )
        )
        assert [tuple(row) for row in stored] == [(60, "provisional", False), (63, "final", True)]
        national = await benchmarks_of(session, measures=[MEASURE], years=[YEAR])
        assert [(one.level, one.phase, one.value) for one in national] == [("national", "all", Decimal(62))]


async def test_an_earlier_release_replaces_nothing(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await store(session, "1,901,990001,30,63%", release="revised")
        plan = await store(session, "1,901,990001,30,60%", "1,901,990002,30,50%", release="provisional")
        assert (plan.kept, len(plan.new)) == (1, 1)
        assert [one[2] for one in await live(session)] == [Decimal(63), Decimal(50)]


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await store(session, "1,901,990001,30,63%", "4,901,,,61%")
        plan = await store(session, "1,901,990001,30,63%", "4,901,,,61%")
        assert plan.is_empty
        assert plan.unchanged == 2
        assert await session.scalar(text("SELECT count(*) FROM performance_import")) == 1


async def test_an_import_that_is_no_longer_as_shown_is_refused_and_writes_nothing(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        table, schools = await read(session, "1,901,990001,30,63%")
        shown = (await plan_import(session, PERSON, table, schools)).digest
        await store(session, "1,901,990001,30,40%")
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="changed by another import meanwhile"):
            await apply_import(session, PERSON, table, schools, expected=shown)
        assert [one[2] for one in await live(session)] == [Decimal(40)]


async def test_a_predecessors_history_counts_to_the_school_that_follows_it_and_says_so(
    database: Database,
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        link = {
            "authority_id": NORTHSHIRE,
            "urn": MILL,
            "other_urn": OLD,
            "link_type": "Predecessor",
            "kind": "predecessor",
        }
        await session.execute(insert(SchoolLink), [link])
        plan = await store(session, f"1,901,{OLD},30,58%")
        assert plan.from_predecessors == 1
        assert await live(session) == [(MILL, "ok", Decimal(58), False, OLD)]
        await identify_requester(session, acting(HEAD_OF_MILL))
        (seen,) = await figures_of(session, urns=None, measures=[MEASURE], years=[YEAR])
        assert seen.from_urn == OLD


async def test_a_school_with_marks_has_its_predecessors_figure_and_one_with_a_value_its_own(
    database: Database,
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        rows = [
            {
                "authority_id": NORTHSHIRE,
                "urn": urn,
                "other_urn": old,
                "link_type": "Predecessor",
                "kind": "predecessor",
            }
            for urn, old in ((MILL, OLD), (PARK, OLD + 1))
        ]
        await session.execute(insert(SchoolLink), rows)
        own = ("1,901,990001,NP,NP", f"1,901,{OLD},30,58%")
        plan = await store(session, *own, "1,901,990002,30,61%", f"1,901,{OLD + 1},30,44%")
        assert plan.not_needed == 2
        assert await live(session) == [
            (MILL, "ok", Decimal(58), False, OLD),
            (PARK, "ok", Decimal(61), False, None),
        ]


def test_history_is_not_carried_over_a_merger_or_a_split_and_follows_two_conversions() -> None:
    known = {1: True, 2: True, 3: True, 7: False}
    links = [Successor(10, 1), Successor(11, 1), Successor(20, 2), Successor(20, 3), Successor(7, 3)]
    assert with_predecessors(known, links) == {1: 1, 2: 2, 3: 3, 7: 7}
    assert with_predecessors({1: True, 5: False}, [Successor(5, 1), Successor(4, 5)]) == {1: 1, 5: 1, 4: 1}


def test_the_command_shows_what_would_change_and_stores_it(
    copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", copy.app_url)
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
    monkeypatch.setenv("ALONGSIDE_SECRET", "s" * 32)
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(TENANTS))
    file = str(FILES / "2024-2025_901_ks2final.csv")
    said = ["import", file, "--authority", "northshire", "--yes"]
    first = CliRunner().invoke(performance, said)
    assert first.exit_code == 0, first.output
    assert "New figures" in first.output
    assert "Northshire: 72 figures stored." in first.output
    again = CliRunner().invoke(performance, said)
    assert again.exit_code == 0, again.output
    assert "nothing to change" in again.output
    wrong = CliRunner().invoke(performance, [*said, "--year", "2023-24"])
    assert wrong.exit_code == 1
    assert "is of 2024-25, not of 2023-24" in wrong.output
