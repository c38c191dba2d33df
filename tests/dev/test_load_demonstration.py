"""Loading the demonstration data: complete, consistent, and unchanged by a second load."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from alongside.dev.demo_data import load
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.consortia.commands import apply_authority, today
from alongside.platform.access.principal import system
from alongside.platform.audit.queries import broken_links
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from alongside.settings import Settings
from tests.databases import SIGNING_KEY, DatabaseCopy, DatabaseServer, copy_of_template, drop, open_database

WIGAN, YORK = 359, 816


@pytest.fixture(scope="module")
async def filled(database_server: DatabaseServer) -> AsyncIterator[tuple[DatabaseCopy, Database]]:
    """A database with the demonstration in it."""
    copy = await copy_of_template(database_server)
    database = open_database(copy)
    operator = Database(database_server.url(copy.name, "alongside_migrator"), SIGNING_KEY, pool_size=1)
    for slug in ("wigan", "york"):
        settings = declared_authority(slug)
        register_settings(settings, 0)
        async with operator.transaction(settings.dfe_code) as session:
            await apply_authority(session, system(settings.dfe_code, today()), settings)
    await operator.close()
    await load(settings_for(copy), lambda line: None)
    yield copy, database
    await database.close()
    await drop(database_server, copy)


def settings_for(copy: DatabaseCopy) -> Settings:
    """The settings of an installation on this database."""
    return Settings(database_url=copy.app_url, signing_key=SIGNING_KEY, secret=b"s" * 32, demonstration=True)


async def counted(database: Database, sql: str, authority_id: int = WIGAN) -> int:
    """A count in one authority."""
    async with database.transaction(authority_id, read_only=True) as session:
        return int(await session.scalar(text(sql)) or 0)


async def test_escalations_are_there_at_each_stage(filled: tuple[DatabaseCopy, Database]) -> None:
    """From just raised to closed, seen by the core team as PostgreSQL lets them."""
    _, database = filled
    async with database.transaction(WIGAN, read_only=True) as session:
        await set_requester(session, RequesterContext(WIGAN, "core_officer"))
        states = set((await session.scalars(text("SELECT state FROM escalation"))).all())
    assert {"raised", "acknowledged", "active", "waiting_on_provider", "returning", "closed"} <= states


async def test_this_years_categories_follow_the_profiles(filled: tuple[DatabaseCopy, Database]) -> None:
    """Each proposal is that of the school's profile of the year before, with its reasons, at several steps."""
    _, database = filled
    async with database.transaction(WIGAN, read_only=True) as session:
        await set_requester(session, RequesterContext(WIGAN, "core_officer"))
        found = await session.execute(
            text(
                "SELECT c.state, c.category_proposed = p.proposed_category"
                " AND c.reasons_proposed = array_to_string(p.proposed_reasons, E'\\n') AS follows"
                " FROM support_category c LEFT JOIN profile p ON p.authority_id = c.authority_id"
                " AND p.school_urn = c.school_urn AND p.phase = c.phase"
                " WHERE c.academic_year = (SELECT max(academic_year) FROM support_category) AND NOT c.narrative"
            )
        )
        rows = [(state, follows) for state, follows in found]
    assert len(rows) >= 20 and all(follows for _, follows in rows)
    assert {state for state, _ in rows} == {"proposed", "discussed", "moderated"}


async def test_an_authority_is_at_work(filled: tuple[DatabaseCopy, Database]) -> None:
    """Schools, people, posts in many states, and support at each of its stages."""
    _, database = filled
    assert await counted(database, "SELECT count(*) FROM school WHERE status = 'open'") > 120
    assert await counted(database, "SELECT count(*) FROM consortium_membership") > 110
    assert await counted(database, "SELECT count(DISTINCT consortium_id) FROM consortium_membership") == 8
    assert await counted(database, "SELECT count(*) FROM need WHERE state = 'open'") > 20
    assert await counted(database, "SELECT count(*) FROM offer WHERE state = 'live'") > 40
    assert await counted(database, "SELECT count(DISTINCT state) FROM support_agreement") == 4
    assert await counted(database, "SELECT count(*) FROM proposal WHERE state = 'proposed'") > 2
    assert await counted(database, "SELECT count(DISTINCT state) FROM visit_request") >= 4
    assert await counted(database, "SELECT count(*) FROM message") > 4
    assert await counted(database, "SELECT count(*) FROM need", YORK) > 20


async def test_boards_are_constituted_with_a_vacancy_and_terms_that_end_soon(
    filled: tuple[DatabaseCopy, Database],
) -> None:
    """Wigan's board, and York's partnership and Schools Forum, each with a chair."""
    _, database = filled
    for authority_id, bodies in ((WIGAN, 1), (YORK, 2)):
        assert await counted(database, "SELECT count(*) FROM body", authority_id) == bodies
        assert await counted(database, "SELECT count(*) FROM body_chair", authority_id) == bodies
        seats = await counted(database, "SELECT count(*) FROM seat", authority_id)
        held = await counted(database, "SELECT count(*) FROM seat_appointment", authority_id)
        assert seats * 2 / 3 < held < seats
        soon = "SELECT count(*) FROM seat_appointment WHERE until_on < now() + interval '120 days'"
        assert await counted(database, soon, authority_id) > 0
    assert await counted(database, "SELECT count(*) FROM apportionment", YORK) == 1


async def test_the_books_add_up_and_the_audit_holds(filled: tuple[DatabaseCopy, Database]) -> None:
    """Days used equal days promised or given, and the audit chain is intact."""
    _, database = filled
    wrong = """
        SELECT count(*) FROM (
            SELECT o.id FROM offer o LEFT JOIN support_agreement p ON p.offer_id = o.id GROUP BY o.authority_id, o.id
            HAVING o.days_taken <> coalesce(sum(CASE WHEN p.state IN ('closed', 'ended_early')
                                                     THEN p.days_used ELSE p.days END), 0)) off
    """
    assert await counted(database, wrong) == 0
    for authority_id in (WIGAN, YORK):
        async with database.transaction(authority_id, read_only=True) as session:
            assert not await broken_links(session, authority_id)


async def test_loading_again_changes_nothing(filled: tuple[DatabaseCopy, Database]) -> None:
    """What was done since the first start is kept, and nothing is added."""
    copy, database = filled
    before = await counted(database, "SELECT count(*) FROM audit_entry")
    await load(settings_for(copy), lambda line: None)
    assert await counted(database, "SELECT count(*) FROM audit_entry") == before


async def test_every_school_is_an_invented_one(filled: tuple[DatabaseCopy, Database]) -> None:
    """URNs from 900001 on are nobody's."""
    _, database = filled
    assert await counted(database, "SELECT count(*) FROM school WHERE urn < 900000") == 0
