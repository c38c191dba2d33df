"""Sessions: begin, mark as seen, switch role, end."""

import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import structlog
from sqlalchemy import bindparam, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.models import UserSession
from alongside.features.people.queries import hashed, person_of_session
from alongside.platform.access.principal import Principal
from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.database.session import Database
from alongside.platform.web.context import LONDON, Tenant

LONGEST_HOURS = 12
"""Hours after which a session expires, even if it is active. Source: promises E12."""

SEEN_INTERVAL_SECONDS = 300
"""Minimum seconds between two updates of a session's `seen_at`."""

MAX_REMEMBERED = 20_000
log = structlog.get_logger("alongside.features.people")

BEGIN = text(
    f"""
    INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device, begun_by,
    id_token,
                           expires_at)
    VALUES (:authority_id, :token_hash, :person_id, :role_assignment_id, :issuer, :device, :begun_by, :id_token,
            now() + interval '{LONGEST_HOURS} hours')
    """  # noqa: S608  (only our own constants are put in)
)

SWITCH = text(
    """
    INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device, id_token,
    expires_at)
    SELECT authority_id, :token_hash, person_id, :role_assignment_id, issuer, device, id_token, expires_at
      FROM user_session WHERE authority_id = :authority_id AND id = :session_id
    """
)

MARK_SEEN = (
    update(UserSession)
    .where(
        UserSession.authority_id == bindparam("of_authority"),
        UserSession.id == bindparam("session_id"),
        UserSession.ended_at.is_(None),
        UserSession.seen_at < text(f"now() - interval '{SEEN_INTERVAL_SECONDS} seconds'"),
    )
    .values(seen_at=func.now())
)


def today() -> date:
    """The date in London, for code outside a request."""
    return datetime.now(UTC).astimezone(LONDON).date()


async def load_principal(session: AsyncSession, tenant: Tenant, token: str | None, today: date) -> Principal:
    """The principal of a session token at this authority; anonymous when there is none."""
    return await person_of_session(session, tenant.authority_id, token, today)


def touch_session(database: Database) -> Callable[[Principal], Awaitable[None]]:
    """Return a function that marks a session as seen, so that it does not expire as idle.

    Requests for pages are read-only, so it uses its own small transaction, at most every five minutes. Failures are
    logged and do not affect the request.
    """
    noted: dict[UUID, float] = {}

    async def note(person: Principal) -> None:
        now = time.monotonic()
        if (
            person.session_id is None
            or now - noted.get(person.session_id, float("-inf")) < SEEN_INTERVAL_SECONDS
        ):
            return
        if len(noted) >= MAX_REMEMBERED:
            noted.clear()
        noted[person.session_id] = now
        try:
            async with database.transaction(person.authority_id) as session:
                values = {"of_authority": person.authority_id, "session_id": person.session_id}
                await session.execute(MARK_SEEN, values)
        except DATABASE_ERRORS as problem:
            noted.pop(person.session_id, None)
            log.warning("not kept awake", error=type(problem).__name__)

    return note


async def begin_session(
    session: AsyncSession,
    authority_id: int,
    person_and_role: tuple[UUID, UUID],
    issuer: str,
    device: str,
    **kept: bytes | str | None,
) -> str:
    """Begin a session for the ids of a person and one of their role assignments; returns the token for the cookie.

    The token has 256 random bits, of which only a hash is stored. `begun_by` is the hash of the sign-in's OAuth state;
    it is unique, so a callback of the provider opens one session at most. `id_token` is stored encrypted, for signing
    out at the provider.
    """
    token = secrets.token_urlsafe(32)
    values = {
        "authority_id": authority_id,
        "token_hash": hashed(token),
        "person_id": person_and_role[0],
        "role_assignment_id": person_and_role[1],
        "issuer": issuer,
        "device": device,
        "begun_by": kept.get("begun_by"),
        "id_token": kept.get("id_token"),
    }
    await session.execute(BEGIN, values)
    return token


async def switch_role(session: AsyncSession, person: Principal, role_assignment_id: UUID) -> str:
    """Switch role: end the session and begin a new one with a new token and the same expiry."""
    token = secrets.token_urlsafe(32)
    values = {
        "authority_id": person.authority_id,
        "session_id": person.session_id,
        "role_assignment_id": role_assignment_id,
        "token_hash": hashed(token),
    }
    await session.execute(SWITCH, values)
    await end_session(session, person, person.session_id)
    return token


async def end_session(session: AsyncSession, person: Principal, session_id: UUID | None) -> bool:
    """End one of this person's sessions; False when there is no such session."""
    ended = await session.execute(
        update(UserSession)
        .where(
            UserSession.authority_id == person.authority_id,
            UserSession.person_id == person.id,
            UserSession.id == session_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(UserSession.id)
    )
    return ended.first() is not None


async def end_other_sessions(session: AsyncSession, person: Principal) -> None:
    """End all of this person's sessions except the current one."""
    await session.execute(
        update(UserSession)
        .where(
            UserSession.authority_id == person.authority_id,
            UserSession.person_id == person.id,
            UserSession.id != person.session_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=func.now())
    )


async def end_sessions_of(session: AsyncSession, authority_id: int, person_id: UUID) -> None:
    """End all sessions of a person, because a permission of theirs has ended."""
    await session.execute(
        update(UserSession)
        .where(
            UserSession.authority_id == authority_id,
            UserSession.person_id == person_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=func.now())
    )


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """A description of the browser and system: “Firefox on Windows”."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    where = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    return f"{browser} on {where}" if where else browser
