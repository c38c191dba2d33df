"""The demonstration’s figures: three years for each school, that vary and hang together as real ones do."""

from statistics import correlation, pstdev

from sqlalchemy import text

from alongside.dev.demo_data import performance, schools
from alongside.dev.demo_data.demonstration import Demonstration, Staff
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import year_before
from alongside.features.performance.figures import benchmarks_of, figures_of
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import academic_year
from tests.databases import APP_DAY

WIGAN = 359


async def test_every_school_has_three_years_of_figures_that_hang_together(
    database: Database, operator: Database
) -> None:
    register_settings(declared_authority("wigan"), 1)
    async with operator.transaction(WIGAN) as session:
        await session.execute(
            text(
                "INSERT INTO authority (authority_id, slug, name, gss_code, hosts, settings_version)"
                " VALUES (359, 'wigan', 'Wigan', 'E08000010', '{wigan.localhost}', 1)"
            )
        )
    async with database.transaction(WIGAN) as session:
        demo = Demonstration(session, Staff(WIGAN, APP_DAY, "wigan", {}))
        await schools.fill(demo)
        await performance.fill(demo)
        await identify_requester(session, demo.product)
        years = [year_before(academic_year(APP_DAY), number) for number in (1, 2, 3)]
        keys = ["fsm_ever", "ks2_expected", "absence", "pupils"]
        found = await figures_of(session, urns=None, measures=keys, years=years)
        england = await benchmarks_of(session, measures=keys, years=years)
    of = {
        (one.measure, one.academic_year, one.school_urn): float(one.value)
        for one in found
        if one.value is not None
    }
    rolls = {urn for measure, _, urn in of if measure == "pupils"}
    assert rolls == {one.urn for one in demo.schools}
    assert {year for measure, year, _ in of if measure == "pupils"} == set(years)
    latest = years[0]
    primaries = [urn for measure, year, urn in of if (measure, year) == ("ks2_expected", latest)]
    results = [of["ks2_expected", latest, urn] for urn in primaries]
    assert 5 < pstdev(results) < 25
    assert correlation(results, [of["fsm_ever", latest, urn] for urn in primaries]) < -0.2
    assert correlation(results, [of.get(("ks2_expected", years[1], urn), 60) for urn in primaries]) > 0.3
    assert {
        one.provisional for one in found if (one.measure, one.academic_year) == ("ks2_expected", latest)
    } == {True}
    assert {(one.level, one.measure) for one in england} >= {("national", "ks2_expected")}
