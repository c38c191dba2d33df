"""Signing in at the real provider process, from the first page to the last."""

from types import SimpleNamespace

import pytest

from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import know, nobody_came_in, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.provider import Visitor
from tests.personas import HEAD_OF_MILL

pytestmark = pytest.mark.oidc


async def test_a_known_person_comes_in_and_goes_where_they_wanted(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    await know(copy, ways.honest, "head-of-mill")
    start = await browser.get("/sign-in?next=/roles")
    assert "Honest" in words(start)
    address, asked = await browser.begin("honest", next="/roles")
    assert asked["code_challenge_method"] == "S256"
    back = await visitor.sign_in(address, "head-of-mill")
    answer = await browser.arrive(back)
    assert answer.headers["location"] == "/roles"
    assert "Mina Mill" in words(await browser.follow(answer))
    made = await sessions(copy)
    assert [(one["person_id"], one["issuer"]) for one in made] == [(HEAD_OF_MILL.person_id, ways.honest)]
    assert made[0]["device"] == "Firefox on Windows"


async def test_somebody_unknown_is_told_whom_to_ask(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    address, _ = await browser.begin("honest")
    answer = await browser.follow(await browser.arrive(await visitor.sign_in(address, "stranger")))
    assert answer.status_code == 403
    assert "We do not know you yet" in words(answer)
    assert "@" in words(answer)
    await nobody_came_in(copy)
