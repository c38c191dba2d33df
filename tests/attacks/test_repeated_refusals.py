"""Who repeats what was refused waits for the refusal; who is allowed waits for nothing, from the same address too."""

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from alongside.platform.web.refusals import Refusals, delaying_refusals
from alongside.platform.web.templates import make_environment
from alongside.settings import bundled
from tests.personas import NORTHSHIRE, SOUTHSHIRE

TENANTS = {
    "northshire.localhost": SimpleNamespace(authority_id=NORTHSHIRE),
    "southshire.localhost": SimpleNamespace(authority_id=SOUTHSHIRE),
}
CONTEXT: Any = SimpleNamespace(environment=make_environment(bundled("templates")), known_tenant=TENANTS.get)
ATTACKER, SCHOOL = "192.0.2.1", "2001:db8:1:2::7"


class Site:
    """An app that refuses a session and serves all others, with a clock that moves only while a refusal waits."""

    def __init__(self, **limits: Any) -> None:
        self.now, self.waited = 0.0, 0.0
        self.seen: Counter[str] = Counter()
        self.refusals = Refusals(clock=lambda: self.now, sleep=self._sleep, **limits)
        self.served = delaying_refusals(self._app, CONTEXT, self.refusals)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waited += seconds

    async def _app(self, scope: Any, _receive: Any, send: Any) -> None:
        cookie = dict(scope["headers"]).get(b"cookie", b"").decode()
        self.seen[cookie] += 1
        status = {"refused": 429, "busy": 503}.get(cookie, 200)
        body = b"what you typed" if scope["method"] == "POST" else cookie.encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    def client(self, address: str, host: str = "northshire.localhost") -> httpx.AsyncClient:
        """Return a client at an address."""
        transport = httpx.ASGITransport(app=self.served, client=(address, 40_000))  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


async def ask(site: Site, address: str, session: str, method: str = "GET", **where: Any) -> httpx.Response:
    """Request a page of a session once."""
    async with site.client(address, **where) as http:
        return await http.request(method, "/plans/1/replay?a=b", headers={"cookie": session})


@pytest.mark.parametrize("session", ["refused", "busy"])
async def test_a_loop_of_refused_requests_is_slowed_down_and_hardly_handled(session: str) -> None:
    """Six thousand refusals in thirteen seconds took the processor from the other authority."""
    site = Site()
    answers = [await ask(site, ATTACKER, session) for _ in range(400)]
    assert len({one.status_code for one in answers} & {429, 503}) == 1
    assert not any("connection" in one.headers for one in answers)
    limits = site.refusals
    assert site.waited >= (400 - limits.burst) / limits.a_second - 1
    assert site.seen[session] <= limits.burst + site.waited / limits.stands + 2
    repeated = [one for one in answers if "<h1" in one.text]
    assert len(repeated) == 400 - site.seen[session]
    assert all(one.headers["retry-after"] and one.headers["content-security-policy"] for one in repeated)


@pytest.mark.parametrize("address", [ATTACKER, SCHOOL])
async def test_thirty_people_at_the_address_of_an_attacker_wait_for_nothing(address: str) -> None:
    """A school has one address for everybody: only what is refused is limited, never a request."""
    site = Site()
    for _ in range(100):
        await ask(site, address, "refused")
    waited = site.waited
    for number in range(300):
        answer = await ask(site, address, f"person {number % 30}")
        assert (answer.status_code, answer.text) == (200, f"person {number % 30}")
    assert site.waited == waited


async def test_refusals_of_another_address_and_authority_are_not_delayed() -> None:
    """Addresses of one IPv6 /64 count as one, because one customer has them all."""
    site = Site()
    for number in range(100):
        await ask(site, f"2001:db8:1:2::{number:x}", "refused")
    waited = site.waited
    for address, host in ((ATTACKER, "northshire.localhost"), (SCHOOL, "southshire.localhost")):
        for _ in range(site.refusals.burst):
            assert (await ask(site, address, "refused", host=host)).status_code == 429
    assert site.waited == waited
    await ask(site, SCHOOL, "refused")
    assert site.waited > waited


async def test_a_person_who_is_refused_a_few_times_is_told_at_once_and_the_page_is_tried_each_time() -> None:
    """Thirty people of a school whose authority is busy are refused once each, and again five seconds later."""
    site = Site()
    for number in range(30):
        assert (await ask(site, SCHOOL, "busy" if number % 2 else "refused")).status_code in (429, 503)
    site.now += 5
    for _ in range(30):
        await ask(site, SCHOOL, "busy")
    assert site.waited == 0
    assert site.seen.total() == 60


async def test_a_form_that_is_refused_again_and_again_shows_its_text_each_time() -> None:
    """It waits like a page, but it is always handled, because its text must come back."""
    site = Site()
    for _ in range(100):
        assert (await ask(site, ATTACKER, "refused", "POST")).text == "what you typed"
    assert site.waited > 0
    assert site.seen["refused"] == 100


async def test_however_many_connections_an_address_opens_few_refusals_are_held() -> None:
    """What would wait too long is answered at once, and its connection is closed: no memory is held for it."""
    site = Site(most_held=30)
    going = asyncio.Event()

    async def hold(_: float) -> None:
        await going.wait()

    site.refusals.sleep = hold
    asked = [asyncio.create_task(ask(site, ATTACKER, "refused")) for _ in range(500)]
    while sum(one.done() for one in asked) < 500 - 30:
        await asyncio.sleep(0)
    assert site.refusals.held == 30
    closed = [one.result() for one in asked if one.done() and "connection" in one.result().headers]
    assert {one.headers["connection"] for one in closed} == {"close"}
    assert len(closed) == 500 - site.refusals.burst - 30
    going.set()
    assert {(await one).status_code for one in asked} == {429}
    assert site.refusals.held == 0


async def test_memory_for_addresses_and_requests_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attacker with very many addresses and paths must not fill the memory with them."""
    monkeypatch.setattr("alongside.platform.web.refusals.MOST_REMEMBERED", 50)
    site = Site(burst=0)
    for number in range(300):
        await ask(site, f"192.0.2.{number % 250}", "refused")
        site.now += 0.2
    assert len(site.refusals._next) <= 51
    assert len(site.refusals._repeats) <= 50
