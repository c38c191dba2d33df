"""Browsers in which somebody is signed in: begun, kept awake, turned to another role, ended."""

import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import structlog
from sqlalchemy import bindparam, func, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.models import UserSession
from alongside.features.people.queries import hashed, person_of_session
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from alongside.platform.web.context import LONDON, Tenant

LONGEST_HOURS = 12
"""Hours after which a browser has to sign in again, however busy it was. Source: promises E12."""

AWAKE_SECONDS = 300
"""Seconds that pass at least between two notes of when a browser was last seen."""

MOST_REMEMBERED = 20_000
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

TURN = text(
    """
    INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device, id_token,
    expires_at)
    SELECT authority_id, :token_hash, person_id, :role_assignment_id, issuer, device, id_token, expires_at
      FROM user_session WHERE authority_id = :authority_id AND id = :session_id
    """
)

AWAKE = (
    update(UserSession)
    .where(
        UserSession.authority_id == bindparam("of_authority"),
        UserSession.id == bindparam("session_id"),
        UserSession.ended_at.is_(None),
        UserSession.seen_at < text(f"now() - interval '{AWAKE_SECONDS} seconds'"),
    )
    .values(seen_at=func.now())
)


def today() -> date:
    """The date in London, for what is not a request."""
    return datetime.now(UTC).astimezone(LONDON).date()


async def load_principal(session: AsyncSession, tenant: Tenant, token: str | None, today: date) -> Principal:
    """Who sends this session cookie to this authority; a visitor whom we do not know, if nobody."""
    return await person_of_session(session, tenant.authority_id, token, today)


def touch_session(database: Database) -> Callable[[Principal], Awaitable[None]]:
    """What notes that a browser is in use, so that it is not taken for idle.

    Looking at a page changes nothing, so this is a small transaction of its own, at most every five minutes; when it
    fails, the page that was asked for is shown all the same.
    """
    noted: dict[UUID, float] = {}

    async def note(person: Principal) -> None:
        now = time.monotonic()
        if person.session_id is None or now - noted.get(person.session_id, float("-inf")) < AWAKE_SECONDS:
            return
        if len(noted) >= MOST_REMEMBERED:
            noted.clear()
        noted[person.session_id] = now
        try:
            async with database.transaction(person.authority_id) as session:
                values = {"of_authority": person.authority_id, "session_id": person.session_id}
                await session.execute(AWAKE, values)
        except (SQLAlchemyError, OSError) as problem:
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
    """Sign a browser in, with the ids of a person and an appointment of theirs; the token for its cookie.

    The token is 256 random bits, of which only a hash is kept. `begun_by` is the hash of the state with which the
    sign-in began: PostgreSQL takes each once, so an answer of the provider opens one session at most. `id_token`
    is kept, sealed, to sign out at the provider too.
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
    """Go on in another role: a new session with a new token, the old one ended; it lives no longer than the old."""
    token = secrets.token_urlsafe(32)
    values = {
        "authority_id": person.authority_id,
        "session_id": person.session_id,
        "role_assignment_id": role_assignment_id,
        "token_hash": hashed(token),
    }
    await session.execute(TURN, values)
    await end_session(session, person, person.session_id)
    return token


async def end_session(session: AsyncSession, person: Principal, session_id: UUID | None) -> bool:
    """Sign one of this person's own browsers out; whether there was such a one."""
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
    """Sign all of this person's browsers out but the one that they use now."""
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
    """Sign somebody out everywhere, because a right of theirs has ended."""
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
    """A browser in words by which its owner knows it again: “Firefox on Windows”."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    where = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    return f"{browser} on {where}" if where else browser
