"""Replaying an old year: no difference with a later year loaded, and a changed figure is found and named."""

import asyncio
import time

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.commands import profiles
from alongside.features.profiles.replay import replay
from alongside.features.profiles.results import canonical_json
from alongside.features.profiles.snapshot import calculate_profiles
from alongside.platform.database.session import Database
from tests.databases import APP_DAY, SIGNING_KEY, TENANTS, DatabaseCopy, open_database
from tests.features.agreements.builders import acting
from tests.features.profiles.builders import a_method, the_inputs
from tests.features.profiles.stored import PHASE, YEAR, calculated, store_figures, usual_figures
from tests.personas import MILL, NORTHSHIRE, OFFICER, SCHOOLS

OFFICER_TODAY = acting(OFFICER, APP_DAY)
CHANGE = (
    "UPDATE performance_figure SET value = 41.5"
    " WHERE school_urn = :urn AND measure = 'ks2_expected' AND academic_year = :year"
)
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
            text(CHANGE),
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


async def test_the_commands_calculate_and_replay(copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator calculates a year, replays it without a difference, and reads which figure was changed later."""
    database = open_database(copy)
    async with database.transaction(NORTHSHIRE) as session:
        await store_figures(session, usual_figures())

    async def run(*given: str) -> Result:
        monkeypatch.setenv("DATABASE_URL", copy.app_url)
        monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
        monkeypatch.setenv("ALONGSIDE_SECRET", "a secret for tests only, thirty-two letters")
        monkeypatch.setenv("ALONGSIDE_TENANTS", str(TENANTS))
        return await asyncio.to_thread(CliRunner().invoke, profiles, [*given, "--authority", "northshire"])

    made = await run("calculate", YEAR)
    assert made.exit_code == 0, made.output
    assert f"Primary: {len(SCHOOLS)} profiles new or changed." in made.output
    same = await run("replay", YEAR)
    assert same.exit_code == 0, same.output
    assert f"Primary: {len(SCHOOLS)} profiles recalculated, 0 differences." in same.output
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, OFFICER_TODAY)
        await session.execute(text(CHANGE), {"urn": MILL, "year": YEAR})
    await database.close()
    changed = await run("replay", YEAR)
    assert changed.exit_code == 1
    assert f"{SCHOOLS[MILL]} ({MILL}), ks2_expected {YEAR}: " in changed.output
    assert (await run("replay", "2024")).exit_code == 2
