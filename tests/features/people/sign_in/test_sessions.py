"""Sessions: replaced at each sign-in and role change, stored as a hash, ended by expiry, owner or role."""

import asyncio
import hashlib
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from litestar import Litestar

from alongside.features.people.sessions import begin_session, touch_session
from alongside.platform.database.session import Database
from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import know, rows, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.conftest import build_context, make_app
from tests.features.people.sign_in.provider import Visitor
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def signed_in(database: Database, app: Litestar, one: Persona = HEAD_OF_MILL) -> Browser:
    """A browser in which somebody has just signed in."""
    browser = Browser(app, one.host)
    async with database.transaction(one.authority_id) as session:
        browser.cookies["__Host-alongside"] = await begin_session(
            session,
            one.authority_id,
            (one.person_id, one.role_assignment_id),
            "https://issuer.example",
            "Test",
        )
    return browser


async def is_in(browser: Browser) -> bool:
    """Whether this browser sees its own account."""
    return (await browser.get("/account")).status_code == 200


async def second_role(copy: DatabaseCopy) -> str:
    """Let the head of Mill lead the north consortium too; the id of that role."""
    made = await rows(
        copy,
        "INSERT INTO role_assignment (authority_id, person_id, role, consortium_id, starts_on)"
        " VALUES ($1, $2, 'consortium_lead', $3, '2024-01-01') RETURNING id",
        NORTHSHIRE,
        HEAD_OF_MILL.person_id,
        NORTH,
    )
    return str(made[0]["id"])


async def test_the_cookie_is_for_this_host_alone_and_the_database_does_not_know_it(
    copy: DatabaseCopy, app: Litestar, browser: Browser, database: Database
) -> None:
    app.state.app_context.demonstration = True
    answer = await browser.post("/sign-in/persona", role_assignment_id=str(HEAD_OF_MILL.role_assignment_id))
    assert answer.status_code == 303
    line = next(one for one in browser.set_cookies if one.startswith("__Host-alongside="))
    flags = {part.strip().lower() for part in line.split(";")[1:]}
    assert flags == {"httponly", "secure", "samesite=lax", "path=/"}
    token = browser.token or ""
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token), "256 random bits"
    stored = await sessions(copy)
    assert stored[0]["token_hash"] == hashlib.sha256(token.encode()).digest()
    assert token not in repr([tuple(row.values()) for row in stored])
    thief = Browser(app)
    thief.cookies["__Host-alongside"] = stored[0]["token_hash"].hex()
    assert not await is_in(thief)


async def test_there_are_no_personas_outside_the_demonstration(
    app: Litestar, browser: Browser, copy: DatabaseCopy
) -> None:
    answer = await browser.post("/sign-in/persona", role_assignment_id=str(HEAD_OF_MILL.role_assignment_id))
    assert answer.status_code == 404
    assert "Mina Mill" not in (await browser.get("/sign-in")).text
    assert await sessions(copy) == []


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-7000-8000-00000000ffff"])
async def test_a_persona_that_is_nobody_is_not_there(
    chosen: str, app: Litestar, browser: Browser, copy: DatabaseCopy
) -> None:
    app.state.app_context.demonstration = True
    assert (await browser.post("/sign-in/persona", role_assignment_id=chosen)).status_code == 404
    assert await sessions(copy) == []


@pytest.mark.oidc
async def test_a_session_planted_beforehand_is_not_the_one_that_is_signed_in(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    """Fixation: whatever cookie was there, another is given, and the planted one opens nothing."""
    await know(copy, ways.honest, "head-of-mill")
    browser.cookies["__Host-alongside"] = "planted-by-an-attacker-long-before-the-sign-in"
    address, _ = await browser.begin("honest")
    await browser.arrive(await visitor.sign_in(address, "head-of-mill"))
    assert browser.token != "planted-by-an-attacker-long-before-the-sign-in"
    assert await is_in(browser)
    attacker = Browser(browser.app)
    attacker.cookies["__Host-alongside"] = "planted-by-an-attacker-long-before-the-sign-in"
    assert not await is_in(attacker)


@pytest.mark.oidc
async def test_signing_in_again_ends_the_session_before(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    await know(copy, ways.honest, "head-of-mill")
    old = Browser(browser.app)
    for _ in range(2):
        old.cookies = dict(browser.cookies)
        address, _asked = await browser.begin("honest")
        await browser.arrive(await visitor.sign_in(address, "head-of-mill"))
    assert await is_in(browser)
    assert not await is_in(old)


async def test_another_role_is_another_session_and_the_old_one_is_dead(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    role = await second_role(copy)
    browser = await signed_in(database, app)
    before = browser.token
    old = Browser(app)
    old.cookies = dict(browser.cookies)
    await rows(copy, "UPDATE user_session SET expires_at = now() + interval '1 hour' WHERE device = 'Test'")
    answer = await browser.post(f"/roles/{role}/switch")
    assert answer.headers["location"] == "/home"
    assert browser.token != before
    assert "Consortium lead" in words(await browser.get("/account"))
    assert not await is_in(old)
    lives = await rows(copy, "SELECT DISTINCT expires_at FROM user_session WHERE device = 'Test'")
    assert len(lives) == 1, "turning to another role does not make a session live longer"


@pytest.mark.parametrize("whose", [HEAD_OF_PARK, DELEGATE_OF_MILL])
async def test_nobody_turns_to_the_role_of_another(whose: Persona, database: Database, app: Litestar) -> None:
    browser = await signed_in(database, app)
    assert (await browser.post(f"/roles/{whose.role_assignment_id}/switch")).status_code == 404
    assert "Mina Mill" in words(await browser.get("/account"))


async def test_nobody_turns_to_a_role_that_has_ended(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    role = await second_role(copy)
    browser = await signed_in(database, app)
    await rows(copy, "UPDATE role_assignment SET ends_on = current_date WHERE id = $1::uuid", role)
    assert (await browser.post(f"/roles/{role}/switch")).status_code == 404


@pytest.mark.parametrize(
    ("column", "border"), [("seen_at", timedelta(minutes=-30)), ("expires_at", timedelta())]
)
async def test_a_session_ends_at_its_border_and_not_before(
    column: str, border: timedelta, database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    """Idle for 30 minutes, or 12 hours old, to the second on either side."""
    browser = await signed_in(database, app)
    life = await rows(copy, "SELECT expires_at - started_at AS life FROM user_session WHERE device = 'Test'")
    assert life[0]["life"] == timedelta(hours=12)
    move = f"UPDATE user_session SET {column} = now() + $1 WHERE device = 'Test'"
    await rows(copy, move, border + timedelta(seconds=5))
    assert await is_in(browser)
    await rows(copy, move, border - timedelta(seconds=1))
    assert not await is_in(browser)


async def test_a_session_in_use_stays_awake_and_is_noted_every_five_minutes_at_most(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    seen = "SELECT now() - seen_at AS ago FROM user_session WHERE device = 'Test'"
    browser = await signed_in(database, app)
    await rows(copy, "UPDATE user_session SET seen_at = now() - interval '4 minutes' WHERE device = 'Test'")
    await is_in(browser)
    assert (await rows(copy, seen))[0]["ago"] > timedelta(minutes=3)
    await rows(copy, "UPDATE user_session SET seen_at = now() - interval '29 minutes' WHERE device = 'Test'")
    app.state.app_context.keep_awake = touch_session(database)
    await is_in(browser)
    assert (await rows(copy, seen))[0]["ago"] < timedelta(minutes=1)


async def test_a_role_taken_away_ends_what_is_open(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    """The next request is refused, and an open form cannot be sent any more (D2)."""
    browser = await signed_in(database, app)
    assert await is_in(browser)
    await rows(
        copy,
        "UPDATE role_assignment SET ends_on = current_date WHERE id = $1",
        HEAD_OF_MILL.role_assignment_id,
    )
    assert not await is_in(browser)
    answer = await browser.post("/account/mail", mail_choice="none")
    assert answer.status_code == 403
    kept = await rows(copy, "SELECT mail_choice FROM person WHERE id = $1", HEAD_OF_MILL.person_id)
    assert {one["mail_choice"] for one in kept} == {"at_once"}


async def test_somebody_who_has_left_is_out(database: Database, app: Litestar, copy: DatabaseCopy) -> None:
    browser = await signed_in(database, app)
    await rows(copy, "UPDATE person SET left_on = current_date WHERE id = $1", HEAD_OF_MILL.person_id)
    assert not await is_in(browser)


async def test_a_session_of_one_authority_is_none_of_another(database: Database, app: Litestar) -> None:
    browser = await signed_in(database, app)
    browser.host = TWIN_HEAD_OF_MILL.host
    assert not await is_in(browser)


async def test_owners_see_and_end_their_browsers_and_no_others(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    here, there = await signed_in(database, app), await signed_in(database, app)
    other = await signed_in(database, app, HEAD_OF_PARK)
    page = await here.get("/account")
    assert "This browser" in words(page)
    ids = re.findall(r"/account/sessions/([0-9a-f-]{36})/end", page.text)
    assert len(ids) == 2, "the other one and the stage's"
    foreign = (await rows(copy, "SELECT id FROM user_session WHERE person_id = $1 AND authority_id = 901 AND device = 'Test'",
                          HEAD_OF_PARK.person_id))[0]["id"]  # fmt: skip
    assert (await here.post(f"/account/sessions/{foreign}/end")).status_code == 404
    for one in ids:
        assert (await here.post(f"/account/sessions/{one}/end")).status_code == 303
    assert not await is_in(there)
    assert await is_in(here)
    assert await is_in(other)


async def test_all_other_browsers_end_at_once(database: Database, app: Litestar) -> None:
    here, there = await signed_in(database, app), await signed_in(database, app)
    await here.post("/account/sessions/end")
    assert await is_in(here)
    assert not await is_in(there)


async def test_signing_out_kills_the_session_and_leaves_nothing_to_go_back_to(
    database: Database, app: Litestar
) -> None:
    browser = await signed_in(database, app)
    page = await browser.get("/account")
    assert page.headers["cache-control"] == "no-store"
    copied = Browser(app)
    copied.cookies = dict(browser.cookies)
    answer = await browser.post("/sign-out")
    assert '"cache"' in answer.headers["clear-site-data"]
    assert browser.token is None
    assert not await is_in(copied)
    assert "You are signed out" in words(await browser.follow(answer))


@pytest.mark.parametrize("spoil", [{"csrf_token": "wrong"}, {"csrf_token": ""}])
async def test_nobody_is_signed_out_by_another_site(
    spoil: dict[str, str], database: Database, app: Litestar
) -> None:
    browser = await signed_in(database, app)
    assert (await browser.post("/sign-out", **spoil)).status_code == 403
    assert await is_in(browser)


@pytest.mark.oidc
async def test_signing_out_goes_on_to_the_provider(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    await know(copy, ways.honest, "head-of-mill")
    address, _ = await browser.begin("honest")
    await browser.arrive(await visitor.sign_in(address, "head-of-mill"))
    page = await browser.follow(await browser.post("/sign-out"))
    there = page.headers["refresh"].removeprefix("0; url=")
    assert there.startswith(f"{ways.honest}/session/end?id_token_hint=")
    asked = await visitor.http.get(there)
    assert asked.status_code == 200, "the provider knows the session and asks whether to end it"
    assert "refresh" not in (await browser.get("/signed-out")).headers, "once"


async def test_personas_work_together_on_two_hosts_without_mixing(database: Database) -> None:
    """Two authorities in one browser: each has its own cookie, and neither sees the other's."""
    app = make_app(build_context(database, demonstration=True))
    one, two = Browser(app), Browser(app, "southshire.localhost")
    for browser, person in ((one, HEAD_OF_MILL), (two, TWIN_HEAD_OF_MILL)):
        await browser.post("/sign-in/persona", role_assignment_id=str(person.role_assignment_id))
    pages = await asyncio.gather(*(browser.get("/account") for browser in (one, two) * 5))
    assert ["901.example" in page.text for page in pages] == [True, False] * 5
    assert ["902.example" in page.text for page in pages] == [False, True] * 5
