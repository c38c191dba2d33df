"""Queries for authorities: the settings in force, and the authority of a host."""

import asyncio
import time

import msgspec
import structlog
from sqlalchemy import ARRAY, Integer, Text, bindparam, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ConfigurationError, ServiceUnavailable
from alongside.features.authorities.files import from_stored
from alongside.features.authorities.models import Authority, AuthoritySettingsRow
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import (
    assign_hosts,
    forget_authority,
    register_settings,
    registered_ids,
    settings_for_host,
    version_of,
)
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.database.session import Database
from alongside.platform.database.tenant_context import EVERY_AUTHORITY

FRESH_FOR = 5.0
"""Seconds after which a process checks for newer versions of the settings."""

log = structlog.get_logger("alongside.features.authorities")


class AuthorityInForce(msgspec.Struct, frozen=True):
    """An authority, the version of its settings in force, and these settings as JSON unless that version is known."""

    authority_id: int
    version: int
    hosts: list[str]
    settings: str | None


KNOWN = (
    func.unnest(bindparam("ids", type_=ARRAY(Integer)), bindparam("versions", type_=ARRAY(Integer)))
    .table_valued("authority_id", "version", name="known")
    .render_derived()
)
IN_FORCE = Read(
    select(
        Authority.authority_id,
        Authority.settings_version,
        Authority.hosts,
        cast(AuthoritySettingsRow.settings, Text),
    )
    .outerjoin(
        AuthoritySettingsRow,
        (AuthoritySettingsRow.authority_id == Authority.authority_id)
        & (AuthoritySettingsRow.version == Authority.settings_version)
        & ~exists().where(
            KNOWN.c.authority_id == Authority.authority_id, KNOWN.c.version == Authority.settings_version
        ),
    )
    .order_by(Authority.authority_id),
    AuthorityInForce,
)


class StoredSettings(msgspec.Struct, frozen=True):
    """A version of an authority's settings as it is stored."""

    version: int
    settings: dict[str, object]


STORED = Read(
    select(AuthoritySettingsRow.version, AuthoritySettingsRow.settings)
    .join(
        Authority,
        (Authority.authority_id == AuthoritySettingsRow.authority_id)
        & (Authority.settings_version == AuthoritySettingsRow.version),
    )
    .where(AuthoritySettingsRow.authority_id == bindparam("authority_id")),
    StoredSettings,
)


async def stored_settings(session: AsyncSession, authority_id: int) -> tuple[int, dict[str, object]] | None:
    """The version in force and its settings as stored; None for an authority that was never applied."""
    found = await fetch_one(session, STORED, {"authority_id": authority_id})
    return None if found is None else (found.version, found.settings)


async def refresh_settings(database: Database) -> None:
    """Refresh the settings cache of this process from the database by one statement; only changed versions are read.

    Hosts come from the table `authority`, which only the operator writes. Settings that cannot be read are logged, and
    the other authorities are still refreshed.
    """
    known = {authority_id: version_of(authority_id) for authority_id in registered_ids()}
    async with database.transaction(EVERY_AUTHORITY, read_only=True) as session:
        rows = await fetch_all(session, IN_FORCE, {"ids": [*known], "versions": [*known.values()]})
    for authority_id in registered_ids() - {row.authority_id for row in rows}:
        forget_authority(authority_id)
    for row in rows:
        if row.settings is not None:
            try:
                register_settings(from_stored(msgspec.json.decode(row.settings)), row.version)
            except ConfigurationError as problem:
                log.warning("settings not read", authority=row.authority_id, error=str(problem))
    assign_hosts({host: row.authority_id for row in rows for host in row.hosts})


class Tenants:
    """Finds the authority of a host from the cache, without a query on each request."""

    def __init__(self, database: Database) -> None:
        """Use this database; nothing is read before the first request."""
        self._database = database
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def of_host(self, host: str) -> AuthoritySettings | None:
        """The authority served at this host, at most five seconds old; None for an unknown host.

        While the database is unavailable, the cache stays in use. Raises ServiceUnavailable when the cache is empty.
        """
        if time.monotonic() - self._looked_at > FRESH_FOR:
            await self._look()
        return settings_for_host(host)

    async def _look(self) -> None:
        if self._looking.locked() and self._looked_at > 0:
            return
        async with self._looking:
            if time.monotonic() - self._looked_at > FRESH_FOR:
                try:
                    await refresh_settings(self._database)
                except DATABASE_ERRORS as problem:
                    if not registered_ids():
                        raise ServiceUnavailable from problem
                self._looked_at = time.monotonic()
