"""Replaying an old year: no difference with a later year loaded, and a changed figure is found and named."""

import time

from sqlalchemy import text

from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.replay import replay
from alongside.features.profiles.results import canonical_json
from alongside.features.profiles.snapshot import calculate_profiles
from alongside.platform.database.session import Database
from tests.databases import APP_DAY
from tests.features.agreements.builders import acting
from tests.features.profiles.builders import a_method, the_inputs
from tests.features.profiles.stored import PHASE, YEAR, calculated, store_figures, usual_figures
from tests.personas import MILL, NORTHSHIRE, OFFICER, SCHOOLS

OFFICER_TODAY = acting(OFFICER, APP_DAY)
MORE = 4
"""How many times as many schools the large authority has."""


async def test_a_replay_finds_nothing_until_a_figure_changes_and_then_names_it(database: Database) -> None:
    """A later year is no difference; a corrected figure is named with its school, measure, old and new value."""
    async with database.transaction(NORTHSHIRE) as session:
        await store_figures(session, usual_figures())
    await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        later = [one._replace(year="2025-26", value="5") for one in usual_figures() if one.year == YEAR]
        await store_figures(session, later)
    await calculated(database, "2025-26")
    async with database.transaction(NORTHSHIRE) as session:
        assert await replay(session, OFFICER_TODAY, YEAR, PHASE) == (len(SCHOOLS), [])
        await identify_requester(session, OFFICER_TODAY)
        await session.execute(
            text(
                "UPDATE performance_figure SET value = 41.5 WHERE school_urn = :urn AND measure = 'ks2_expected'"
                " AND academic_year = :year"
            ),
            {"urn": MILL, "year": YEAR},
        )
        _, found = await replay(session, OFFICER_TODAY, YEAR, PHASE)
    named = next(one for one in found if one.about == f"ks2_expected {YEAR}")
    assert (named.school, named.urn) == (SCHOOLS[MILL], MILL)
    assert "41.5" in named.new
    assert "41.5" not in named.old


def test_the_time_grows_no_faster_than_the_pairs_of_schools() -> None:
    """Similar schools compare each pair, so four times the schools may take sixteen times as long, and no more.

    A ratio of two runs on the same machine, with room for a busy one; 519 schools give 519 results.
    """

    def seconds(count: int) -> float:
        inputs = the_inputs(count)
        begun = time.process_time()
        results = calculate_profiles(a_method(), inputs)
        assert len({canonical_json(one) for one in results.values()}) > count // 2
        return time.process_time() - begun

    small = min(seconds(519 // MORE) for _ in range(2))
    assert seconds(519) < small * MORE**2 * 3
