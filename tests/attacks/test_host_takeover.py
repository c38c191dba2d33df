"""Taking over another authority's host or sign-in: only the operator can write those settings."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.errors import ActionRefused
from alongside.features.authorities.actions import apply_settings
from alongside.features.authorities.queries import Tenants
from alongside.features.authorities.settings_cache import register_settings, settings_of
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, make_known
from tests.features.authorities.test_apply_settings import OPERATOR
from tests.personas import NORTHSHIRE, SOUTHSHIRE

EVIL = {
    "key": "evil",
    "kind": "oidc",
    "label": "Southshire single sign-on",
    "issuer": "https://evil.example",
    "client_id": "x",
    "secret_in": "ALONGSIDE_SECRET",
}
TAKEN = json.dumps({"hosts": ["northshire.localhost", "southshire.localhost"], "sign_in": [EVIL]})
OWN_WRITES = {
    "a version of its settings": f"INSERT INTO authority_settings (authority_id, version, settings, applied_by)"
    f" SELECT authority_id, version + 1, settings || '{TAKEN}', 'x' FROM authority_settings",
    "the settings in force": f"UPDATE authority_settings SET settings = settings || '{TAKEN}'",
    "no settings": "DELETE FROM authority_settings",
    "its own hosts": "UPDATE authority SET hosts = hosts || '{southshire.localhost}' WHERE authority_id = 901",
    "another version": "UPDATE authority SET settings_version = 2 WHERE authority_id = 901",
    "the other's hosts": "UPDATE authority SET hosts = '{elsewhere}' WHERE authority_id = 902",
    "an authority of its own": "INSERT INTO authority (authority_id, slug, name, gss_code, hosts, settings_version)"
    " VALUES (903, 'x', 'x', 'E10000903', '{southshire.localhost}', 1)",
}


@pytest.fixture
async def superuser(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, who can do what the operator's commands refuse."""
    connection = await asyncpg.connect(copy.superuser_url)
    yield connection
    await connection.close()
    for slug in ("northshire", "southshire"):
        make_known(slug)


async def owner_of(database: Database, host: str) -> Any:
    """Return the authority that a newly started process serves at a host."""
    found = await Tenants(database).of_host(host)
    return found.dfe_code if found else None


@pytest.mark.parametrize("what", OWN_WRITES)
async def test_a_write_of_the_app_within_its_own_authority_takes_no_host(
    database: Database, what: str
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text(OWN_WRITES[what]))
        await session.rollback()
    assert await owner_of(database, "southshire.localhost") == SOUTHSHIRE
    assert not settings_of(NORTHSHIRE).sign_in


async def test_the_app_calls_no_function_that_declares_an_authority(database: Database) -> None:
    """The product's SECURITY DEFINER functions that it may execute write neither hosts nor settings."""
    async with database.system_connection() as connection:
        found = await connection.execute(
            text(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef"
                " AND has_function_privilege(oid, 'EXECUTE') AND prosrc ~ 'INTO public.authority|UPDATE public.authority'"
            )
        )
        assert list(found.scalars()) == []


async def test_the_operator_cannot_give_one_host_to_two_authorities(operator: Database) -> None:
    both = replace(settings_of(NORTHSHIRE), hosts=("northshire.localhost", "southshire.localhost"))
    async with operator.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="served at one of these hosts"):
            await apply_settings(session, OPERATOR, both)
        await session.rollback()


async def test_hosts_within_stored_settings_give_no_host_away(
    database: Database, superuser: asyncpg.Connection
) -> None:
    """Even if such settings are in the row: the list of authorities decides, in which a host is unique."""
    await superuser.execute(
        f"UPDATE authority_settings SET settings = settings || '{TAKEN}' WHERE authority_id = 901"
    )
    await superuser.execute(
        "UPDATE authority_settings SET version = 2 WHERE authority_id = 901;"
        "UPDATE authority SET settings_version = 2 WHERE authority_id = 901"
    )
    assert await owner_of(database, "southshire.localhost") == SOUTHSHIRE
    assert await owner_of(database, "northshire.localhost") == NORTHSHIRE
    assert not settings_of(NORTHSHIRE).sign_in, "a way to sign in with a secret of others is left out"


async def test_settings_of_one_that_cannot_be_read_stop_no_other(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(
        "UPDATE authority_settings SET version = 2, settings = settings || '{\"periods\": 1}' WHERE authority_id = 901;"
        "UPDATE authority SET settings_version = 2 WHERE authority_id = 901"
    )
    changed = replace(settings_of(SOUTHSHIRE))
    register_settings(changed, 0)
    assert await owner_of(database, "southshire.localhost") == SOUTHSHIRE


async def test_two_authorities_are_applied_at_once_and_still_cannot_share_a_host(copy: DatabaseCopy) -> None:
    """Both writers wait for each other in turn; before, PostgreSQL ended one of them as a deadlock."""
    host = "UPDATE authority SET hosts = ARRAY['shared.localhost'] WHERE authority_id = $1"
    first, second = [await asyncpg.connect(copy.superuser_url) for _ in range(2)]
    try:
        changes = [first.transaction(), second.transaction()]
        for one, change in zip((first, second), changes, strict=True):
            await change.start()
            await one.execute("UPDATE authority SET name = name WHERE false")
        waiting = asyncio.create_task(second.execute(host, SOUTHSHIRE))
        await asyncio.sleep(0.2)
        ready = asyncio.create_task(first.execute(host, NORTHSHIRE))
        await asyncio.wait([waiting, ready], timeout=5, return_when=asyncio.FIRST_COMPLETED)
        await changes[1].commit()
        with pytest.raises(asyncpg.UniqueViolationError):
            await ready
        await changes[0].rollback()
    finally:
        await first.close()
        await second.close()
