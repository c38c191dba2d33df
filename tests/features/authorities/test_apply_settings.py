"""Applying settings: versions, refusals, the audit log and the cache of other processes."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused, ConfigurationError
from alongside.features.authorities.actions import apply_settings, plan_settings
from alongside.features.authorities.queries import Tenants, refresh_settings
from alongside.features.authorities.settings_cache import (
    register_settings,
    settings_for_host,
    settings_of,
    version_of,
)
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.web.server_timing import begin_timing, observe_statements
from tests.databases import SIGNING_KEY, DatabaseCopy, open_database
from tests.features.authorities.tenant_file_text import northshire, settings_with
from tests.personas import NORTHSHIRE, SOUTHSHIRE

TODAY = date(2026, 11, 24)
OPERATOR = system(NORTHSHIRE, TODAY)


async def test_nothing_is_done_when_nothing_differs(operator: Database) -> None:
    async with operator.transaction(NORTHSHIRE) as session:
        assert await plan_settings(session, northshire()) == ([], [])
        assert await apply_settings(session, OPERATOR, northshire()) == 1
        entries = await session.scalar(text("SELECT count(*) FROM audit_entry WHERE verb = 'apply_settings'"))
    assert entries == 0


async def test_a_change_is_planned_applied_as_a_new_version_and_journalled(
    operator: Database, tmp_path: Path
) -> None:
    changed = settings_with(tmp_path, {"periods": {"respond_by": 7}})
    async with operator.transaction(NORTHSHIRE) as session:
        changes, refused = await plan_settings(session, changed)
        assert [str(change) for change in changes] == ["~ periods.respond_by: 5 → 7"]
        assert refused == []
        assert await apply_settings(session, OPERATOR, changed) == 2
    async with operator.transaction(NORTHSHIRE) as session:
        noted = await session.scalar(text("SELECT changes FROM audit_entry WHERE verb = 'apply_settings'"))
        kept = (
            await session.execute(text("SELECT version FROM authority_settings ORDER BY version"))
        ).scalars()
        assert noted == {"periods.respond_by": [5, 7]}
        assert list(kept) == [1, 2]


async def test_a_process_comes_to_know_the_new_version(
    database: Database, operator: Database, tmp_path: Path
) -> None:
    tenants = Tenants(database)
    assert (await tenants.of_host("northshire.localhost")) == northshire()
    async with operator.transaction(NORTHSHIRE) as session:
        await apply_settings(session, OPERATOR, settings_with(tmp_path, {"periods": {"respond_by": 7}}))
    await refresh_settings(database)
    try:
        assert settings_of(NORTHSHIRE).periods.respond_by == 7
    finally:
        register_settings(northshire(), 1)


async def test_settings_of_all_authorities_are_read_by_one_statement(copy: DatabaseCopy) -> None:
    """A process that starts with many authorities must not read them one by one."""
    database = open_database(copy)
    observe_statements(database)
    try:
        await refresh_settings(database)  # a new connection asks for more once
        for known in (0, 1):  # at the start, and when nothing has changed
            for one in (NORTHSHIRE, SOUTHSHIRE):
                register_settings(settings_of(one), known)
            timing = begin_timing()
            await refresh_settings(database)
            assert timing.statements == 1
            assert (version_of(NORTHSHIRE), version_of(SOUTHSHIRE)) == (1, 1)
    finally:
        await database.close()


async def test_a_host_belongs_to_one_authority_or_to_none(database: Database) -> None:
    tenants = Tenants(database)
    assert (await tenants.of_host("SOUTHSHIRE.localhost:8123")).dfe_code == SOUTHSHIRE  # type: ignore[union-attr]
    for host in ("", "localhost", "evil.northshire.localhost", "northshire.localhost.evil", "northshire"):
        assert await tenants.of_host(host) is None


async def test_what_people_chose_cannot_be_taken_out(operator: Database, tmp_path: Path) -> None:
    from msgspec.structs import replace

    without = {key: theme for key, theme in northshire().themes.items() if key != "writing"}
    async with operator.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match=r"themes\.writing is used.*retired = true"):
            await apply_settings(session, OPERATOR, replace(northshire(), themes=without))


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"hosts": ["southshire.localhost"]}, "served at one of these hosts"),
        ({"slug": "southshire"}, "has this slug"),
        ({"gss_code": "E10000902"}, "has this GSS code"),
    ],
)
async def test_what_belongs_to_another_authority_is_refused(
    operator: Database, tmp_path: Path, overrides: dict[str, object], why: str
) -> None:
    with pytest.raises(ActionRefused, match=why):
        async with operator.transaction(NORTHSHIRE) as session:
            await apply_settings(session, OPERATOR, settings_with(tmp_path, overrides))


async def test_settings_are_put_in_force_inside_ones_own_fence_only(
    database: Database, operator: Database
) -> None:
    stolen = {"hosts": ["new.localhost"], "name": "Stolen", "slug": "stolen", "gss_code": "E10000999"}
    with pytest.raises(Exception, match="row-level security"):
        async with operator.transaction(SOUTHSHIRE) as session:
            await apply_settings(session, OPERATOR, settings_with(Path(), stolen))
    async with database.system_connection() as connection:
        found = await connection.execute(text("SELECT authority_id, name FROM authority"))
        names = {row.authority_id: row.name for row in found}
    assert names == {NORTHSHIRE: "Northshire", SOUTHSHIRE: "Southshire"}


async def test_a_new_authority_is_declared_and_served(
    database: Database, operator: Database, tmp_path: Path
) -> None:
    new = settings_with(
        tmp_path,
        {
            "name": "Westshire",
            "slug": "westshire",
            "dfe_code": 903,
            "gss_code": "E10000903",
            "hosts": ["westshire.localhost"],
        },
    )
    async with operator.transaction(903) as session:
        changes, _ = await plan_settings(session, new)
        assert "+ dfe_code = 903" in map(str, changes)
        assert not any("themes" in change.path for change in changes)
        assert await apply_settings(session, system(903, TODAY), new) == 1
    await refresh_settings(database)
    assert settings_for_host("westshire.localhost") == new


async def test_the_app_cannot_write_the_list_of_authorities_itself(database: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text("UPDATE authority SET hosts = '{x}' WHERE authority_id = 902"))
    with pytest.raises(Exception, match="permission denied"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text("UPDATE authority_settings SET settings = '{}'"))


def test_an_authority_never_applied_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="alongside authority apply"):
        settings_of(299)


async def test_what_was_known_holds_while_the_database_is_away(copy: DatabaseCopy) -> None:
    opened = Database(copy.app_url, SIGNING_KEY, pool_size=1)
    tenants = Tenants(opened)
    assert await tenants.of_host("northshire.localhost") is not None
    await opened.close()
    away = Tenants(Database("postgresql://alongside_app:x@127.0.0.1:1/nowhere", SIGNING_KEY, pool_size=1))
    assert await away.of_host("northshire.localhost") == northshire()


async def test_two_operators_applying_at_once_put_one_version_in_force(
    operator: Database, tmp_path: Path
) -> None:
    written = asyncio.Event()

    async def first() -> int:
        async with operator.transaction(NORTHSHIRE) as session:
            version = await apply_settings(
                session, OPERATOR, settings_with(tmp_path, {"periods": {"respond_by": 7}})
            )
            written.set()
            await asyncio.sleep(0.3)
        return version

    async def second() -> str:
        changed = settings_with(tmp_path, {"periods": {"respond_by": 9}})
        await written.wait()
        try:
            async with operator.transaction(NORTHSHIRE) as session:
                await apply_settings(session, OPERATOR, changed)
        except ActionRefused as refused:
            return str(refused)
        return "applied"

    version, answer = await asyncio.gather(first(), second())
    assert version == 2
    assert answer == "Somebody else applied settings at this moment. Look at the plan again."
