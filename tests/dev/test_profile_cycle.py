"""The demonstration’s profiles: a cycle half-way through, with comments and a dispute."""

from sqlalchemy import text

from alongside.dev.demo_data import people, performance, profiles, schools
from alongside.dev.demo_data.demonstration import Demonstration, Staff
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.performance.access_policy import identify_requester
from alongside.platform.database.session import Database
from tests.databases import APP_DAY

WIGAN = 359


async def test_the_cycle_is_half_way_through(database: Database, operator: Database) -> None:
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
        for step in (schools, people, performance, profiles):
            await step.fill(demo)
        await identify_requester(session, demo.product)
        counted = await session.execute(text("SELECT state, count(*) FROM profile GROUP BY state"))
        states = {one[0]: one[1] for one in counted}
        assert states.keys() == {"calculated", "shared", "discussed", "final"}
        assert min(states.values()) >= 10
        proposed = await session.execute(text("SELECT proposed_category, count(*) FROM profile GROUP BY 1"))
        categories = {one[0]: one[1] for one in proposed}
        assert len(categories) >= 2, categories
        for table in ("profile_comment", "profile_dispute"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) > 0
