"""PostgreSQL decides who reads a figure; the catalogue says when a measure is published."""

from decimal import Decimal

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.interests.models import DeclarationOfInterest
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import comparable, measures_of
from alongside.features.performance.figures import figures_of
from alongside.platform.database.session import Database
from tests.databases import constraint_of
from tests.features.agreements.builders import acting
from tests.features.performance.builders import MEASURE, YEAR, figures
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    FORD,
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTHSHIRE,
    Persona,
)

ALL = (MILL, PARK, QUAY, LOCK, FORD)


async def read_by(session: AsyncSession, one: Persona) -> set[int]:
    """The URNs of the schools whose figures a person reads, with no filter but the policy."""
    await identify_requester(session, acting(one))
    return {one.school_urn for one in await figures_of(session, urns=None, measures=[MEASURE], years=[YEAR])}


async def test_each_role_reads_the_figures_of_its_own_schools_only(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await figures(session, [(urn, YEAR, 60) for urn in ALL])
        seen = {
            one.name: await read_by(session, one)
            for one in (
                HEAD_OF_MILL,
                DELEGATE_OF_MILL,
                HEAD_OF_FORD,
                LEAD_OF_NORTH,
                DEPUTY_OF_NORTH,
                LEAD_OF_SOUTH,
                OFFICER,
                HEAD_OF_SERVICE,
                ADMINISTRATOR,
            )
        }
        assert seen == {
            "Mina Mill": {MILL},
            "Dele Mill": {MILL},
            "Fay Ford": {FORD},
            "Lee North": {MILL, PARK},
            "Dee North": {MILL, PARK},
            "Lea South": {QUAY, LOCK},
            "Ola Officer": set(ALL),
            "Hal Service": set(ALL),
            "Ada Admin": set(),
        }
    async with database.transaction(SOUTHSHIRE) as session:
        assert await read_by(session, OFFICER.twin) == set()


async def test_a_lead_with_an_interest_in_a_school_reads_none_of_its_figures(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await figures(session, [(MILL, YEAR, 60), (PARK, YEAR, 60)])
        declared = {
            "authority_id": NORTHSHIRE,
            "person_id": LEAD_OF_NORTH.person_id,
            "other_urn": PARK,
            "kind": "family",
        }
        await session.execute(insert(DeclarationOfInterest), [declared])
        assert await read_by(session, LEAD_OF_NORTH) == {MILL}
        assert await read_by(session, DEPUTY_OF_NORTH) == {MILL, PARK}


async def test_figures_about_fewer_than_six_pupils_are_for_the_school_and_the_core_team(
    database: Database,
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await figures(session, [(MILL, YEAR, 60)], denominator=5)
        await figures(session, [(PARK, YEAR, 60)], denominator=6)
        assert await read_by(session, LEAD_OF_NORTH) == {PARK}
        assert await read_by(session, HEAD_OF_MILL) == {MILL}
        assert await read_by(session, OFFICER) == {MILL, PARK}


async def test_only_the_core_team_writes_figures(database: Database) -> None:
    written = text(
        "INSERT INTO performance_figure (authority_id, school_urn, published_urn, measure, academic_year, status,"
        " value, import_id, row_number) VALUES (:authority, :urn, :urn, 'x', '2024-25', 'ok', 1, :import, 2)"
    )
    async with database.transaction(NORTHSHIRE) as session:
        import_id = await figures(session, [(PARK, YEAR, 60)])
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, ADMINISTRATOR):
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(one))
            values = {"authority": NORTHSHIRE, "urn": MILL, "import": import_id}
            with pytest.raises(DBAPIError, match="row-level security"):
                await session.execute(written, values)


async def test_one_figure_of_a_school_measure_and_year_is_live(database: Database) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction(NORTHSHIRE) as session:
            await figures(session, [(MILL, YEAR, 60), (MILL, YEAR, 61)])
    assert constraint_of(refused.value) == "uq_performance_figure_live"


async def test_a_mark_has_no_value_and_a_published_figure_has_one(database: Database) -> None:
    changed = text("UPDATE performance_figure SET status = :status, value = :value")
    async with database.transaction(NORTHSHIRE) as session:
        await figures(session, [(MILL, YEAR, 60)])
    for status, value in (("suppressed", Decimal(0)), ("not_applicable", Decimal(1)), ("ok", None)):
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(OFFICER))
            with pytest.raises(DBAPIError) as refused:
                await session.execute(changed, {"status": status, "value": value})
        assert constraint_of(refused.value) == "ck_performance_figure_value"


async def test_a_figure_of_a_provisional_release_says_so(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await figures(session, [(MILL, YEAR, 60)], release="provisional")
        await figures(session, [(PARK, YEAR, None)])
        await identify_requester(session, acting(OFFICER))
        found = await figures_of(session, urns=[MILL, PARK], measures=[MEASURE], years=[YEAR])
    assert [(one.school_urn, one.status, one.value, one.provisional) for one in found] == [
        (MILL, "ok", Decimal(60), True),
        (PARK, "suppressed", None, False),
    ]


def test_the_catalogue_says_when_a_measure_pauses_ends_or_breaks() -> None:
    measures = measures_of(settings_of(NORTHSHIRE))
    progress, entry = measures["ks2_reading_progress"], measures["ks4_ebacc_entry"]
    years = [f"{year}-{year % 100 + 1}" for year in range(2015, 2026)]
    assert [year for year in years if not progress.published_in(year)] == [
        "2019-20",
        "2020-21",
        "2023-24",
        "2024-25",
    ]
    assert not entry.published_in("2025-26")
    eight = measures["ks4_progress8"]
    assert [year for year in years if not eight.published_in(year)][-2:] == ["2024-25", "2025-26"]
    assert comparable(measures["ks2_expected"], ["2016-17", "2017-18", "2018-19", "2019-20"]) == (
        "2017-18",
        "2018-19",
    )
