"""However many requests one authority sends, another authority's request does not wait behind them."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from alongside.errors import ServiceUnavailable, TooManyWaiting
from alongside.platform.process_pool import Quotas
from alongside.platform.web import bodies, server_sent_events
from alongside.platform.web.busy import refusing_when_busy
from alongside.platform.web.turns import Turns, network_of
from tests.client import Client, element, soup, words
from tests.features.directory.form_values import sent_entry
from tests.features.directory.test_pictures_and_files import picture, send
from tests.features.notices.builders import a_notice
from tests.features.visit_requests.builders import requested
from tests.personas import HEAD_OF_LOCK, HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE, SOUTHSHIRE


@pytest.mark.parametrize("path", ["/needs-and-offers", "/live"])
async def test_an_authority_has_a_few_requests_in_work_and_the_others_wait(client: Client, path: str) -> None:
    """Forty at once use three connections; the other authority is answered while they wait."""
    app_context = client.app.state.app_context
    find_person, going = app_context.find_person, asyncio.Event()
    at_work: list[int] = []

    async def held_up(session: Any, tenant: Any, *more: Any) -> Any:
        if tenant.authority_id == NORTHSHIRE:
            at_work.append(app_context.database.connections_used())
            await going.wait()
        return await find_person(session, tenant, *more)

    app_context.find_person = held_up
    waiting = [asyncio.create_task(client.get(path, as_=HEAD_OF_MILL)) for _ in range(40)]
    while app_context.turns.in_line(NORTHSHIRE) < 37 or len(at_work) < app_context.turns.at_once:
        await asyncio.sleep(0.01)
    assert len(at_work) == app_context.turns.at_once
    assert max(at_work) <= app_context.turns.at_once
    answer = await client.get("/needs-and-offers", as_=HEAD_OF_MILL.twin)
    assert answer.status_code == 200
    assert app_context.turns.in_line(NORTHSHIRE) == 37
    going.set()
    assert {(await one).status_code for one in waiting} == {200}
    assert app_context.turns.in_line(NORTHSHIRE) == 0


async def test_news_for_many_open_pages_takes_turns_and_ends_no_stream(client: Client) -> None:
    """One post wakes every open page of an authority, and each checks its session; a busy server does not sign anyone
    out.
    """
    app_context = client.app.state.app_context
    tenant = await app_context.find_tenant("northshire.localhost")
    app_context.turns = Turns(at_once=1, patience=0.05)
    async with app_context.turns.turn(NORTHSHIRE):
        before = app_context.database.connections_used()
        asked = [
            asyncio.create_task(server_sent_events._still_allowed(app_context, tenant, None))
            for _ in range(20)
        ]
        await asyncio.sleep(0)
        assert app_context.turns.in_line(NORTHSHIRE) == 20
        assert app_context.database.connections_used() == before
        assert {await one for one in asked} == {True}
    assert await server_sent_events._still_allowed(app_context, tenant, None) is False


async def test_a_line_that_is_too_long_or_does_not_move_is_told_so() -> None:
    """503 with the typed text, and the count stays correct when a request is cancelled."""
    turns = Turns(at_once=1, waiting=1, patience=0.05)
    async with turns.turn(NORTHSHIRE):
        waits = asyncio.create_task(_turn(turns))
        await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable):
            await _turn(turns)
        async with turns.turn(SOUTHSHIRE):
            pass
        with pytest.raises(ServiceUnavailable):
            await waits
        gives_up = asyncio.create_task(_turn(turns))
        await asyncio.sleep(0)
        gives_up.cancel()
        await asyncio.gather(gives_up, return_exceptions=True)
    await _turn(turns)
    assert turns.in_line(NORTHSHIRE) == 0


async def _turn(turns: Turns, address: str = "", *, admitted: bool = False) -> None:
    async with turns.turn(NORTHSHIRE, address, admitted=admitted):
        await asyncio.sleep(0)


class Clock:
    """A clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        """Return its time."""
        return self.now


class Flood:
    """Requests of one authority, each of which ends when the test says so."""

    def __init__(self, turns: Turns, authority_id: int, address: str = "") -> None:
        self.turns, self.authority_id, self.address = turns, authority_id, address
        self.going: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def send(self, many: int) -> None:
        """Send that many requests at once."""
        self.tasks += [asyncio.create_task(self._run()) for _ in range(many)]
        await settle()

    async def end(self, one: int = 0) -> None:
        """End a request that runs."""
        self.going.pop(one).set()
        await settle()

    async def end_all(self) -> None:
        """End them all."""
        while self.going:
            await self.end()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _run(self) -> None:
        async with self.turns.turn(self.authority_id, self.address):
            going = asyncio.Event()
            self.going.append(going)
            await going.wait()


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_an_authority_alone_is_not_slowed_down_and_beside_another_it_runs_one_at_a_time() -> None:
    """After its burst, and only while another authority has requests."""
    clock = Clock()
    turns = Turns(clock=clock)
    flood, victim = Flood(turns, NORTHSHIRE), Flood(turns, SOUTHSHIRE)
    await flood.send(20)
    for _ in range(6):
        clock.now += 0.2
        await flood.end()
        assert len(flood.going) == turns.at_once
    await victim.send(1)
    assert len(victim.going) == 1
    while len(flood.going) > 1:
        await flood.end()
    await flood.end()
    assert flood.going == [], "it has had its share"
    await victim.send(turns.at_once - 1)
    assert len(victim.going) == turns.at_once
    await victim.end_all()
    clock.now += 10
    await flood.send(1)
    assert len(flood.going) == turns.at_once, "nobody else has requests any more"
    await flood.end_all()


async def test_a_refusal_that_had_no_turn_waits_behind_those_who_ask(client: Client) -> None:
    """A form from another website is refused without a turn, so it must not go before the authority's people."""
    app_context = client.app.state.app_context
    app_context.turns = Turns(at_once=1, waiting=2, sure=1, expected=0.0)
    async with app_context.turns.turn(NORTHSHIRE):
        waiting = [asyncio.create_task(client.get("/needs-and-offers", as_=HEAD_OF_MILL)) for _ in range(2)]
        while app_context.turns.in_line(NORTHSHIRE) < 1:
            await asyncio.sleep(0.01)
        answer = await client.post("/sign-in/persona", sec_fetch_site="cross-site")
        assert answer.status_code == 503
    assert 200 in {(await one).status_code for one in waiting}


async def test_who_waits_for_each_response_is_not_slowed_down_beside_another_authority() -> None:
    """A person who opens one page after the other starts at once, whatever the pages took."""
    clock = Clock()
    turns = Turns(clock=clock)
    person, other = Flood(turns, NORTHSHIRE), Flood(turns, SOUTHSHIRE)
    for _ in range(20):
        await other.send(1)
        await person.send(1)
        assert len(person.going) == 1
        clock.now += 0.2
        await person.end()
        await other.end()


async def test_one_address_does_not_fill_the_queue_of_its_authority() -> None:
    """Addresses are served in turn."""
    turns = Turns(at_once=1)
    flood, other = Flood(turns, NORTHSHIRE, "192.0.2.1"), Flood(turns, NORTHSHIRE, "192.0.2.2")
    await flood.send(20)
    await other.send(1)
    await flood.end()
    await flood.end()
    assert len(other.going) == 1
    await other.end_all()
    await flood.end_all()


async def test_a_full_queue_refuses_the_address_that_filled_it_and_not_the_others() -> None:
    """The newest of the longest queue gives way; what had a turn before is never refused."""
    turns = Turns(at_once=1, waiting=20)
    attacker = Flood(turns, NORTHSHIRE, "192.0.2.1")
    others = [Flood(turns, NORTHSHIRE, f"198.51.100.{number}") for number in range(8)]
    await attacker.send(50)
    assert turns.in_line(NORTHSHIRE) == 20
    assert turns.refuses(NORTHSHIRE, "192.0.2.1")
    for one in others:
        assert not turns.refuses(NORTHSHIRE, one.address)
        await one.send(1)
        await attacker.send(10)
    assert turns.in_line(NORTHSHIRE) == 20
    admitted = asyncio.create_task(_turn(turns, "192.0.2.1", admitted=True))
    await others[0].send(1)
    for _ in range(9):
        await attacker.end() if attacker.going else None
        for one in others:
            while one.going:
                await one.end()
    assert not any(task.done() and task.exception() for one in others for task in one.tasks)
    assert all(task.done() for one in others for task in one.tasks)
    await admitted
    await attacker.end_all()


def test_an_address_of_ipv6_shares_the_queue_of_its_network() -> None:
    """One customer has a whole /64; an IPv4 address written as IPv6 is the same address."""
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("testclient") == "testclient"


async def test_many_authorities_together_leave_connections_free_and_are_served_in_turn() -> None:
    """The pool of connections is larger than what may run."""
    turns = Turns(in_all=4)
    floods = [Flood(turns, number) for number in range(1, 6)]
    for one in floods:
        await one.send(5)
    assert sum(len(one.going) for one in floods) == 4
    await floods[0].end()
    assert len(floods[4].going) + len(floods[3].going) + len(floods[2].going) > 0
    for one in floods:
        await one.end_all()


async def test_a_full_queue_is_refused_at_once_and_another_authority_is_admitted(client: Client) -> None:
    """Request N+1 gets a short page with Retry-After, a form its text; the other authority's page is shown."""
    app_context = client.app.state.app_context
    app_context.turns = Turns(at_once=1, waiting=1)
    flood = Flood(app_context.turns, NORTHSHIRE)
    await flood.send(2)
    transaction, opened = app_context.database.transaction, []

    def watched(*arguments: Any, **settings: Any) -> Any:
        opened.append(arguments)
        return transaction(*arguments, **settings)

    app_context.database.transaction = watched
    refused = await client.get("/needs-and-offers?q=a", as_=HEAD_OF_MILL)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "The service is busy" in words(refused)
    written = "Our readers in Year 2 need help"
    form = await client.post("/needs", {"aim": written}, as_=HEAD_OF_MILL)
    assert (form.status_code, form.headers["retry-after"]) == (503, refused.headers["retry-after"])
    assert element(soup(form), "textarea[name=aim]").get_text().removeprefix("\n") == written
    assert (NORTHSHIRE,) not in opened
    assert (await client.get("/needs-and-offers", as_=HEAD_OF_MILL.twin)).status_code == 200
    await flood.end_all()
    assert (await client.get("/needs-and-offers", as_=HEAD_OF_MILL)).status_code == 200


def from_address(app: Any, address: str) -> Client:
    """Return a client whose requests come from an address, in front of what refuses when busy."""
    client = Client(app)
    guarded: Any = refusing_when_busy(app, app.state.app_context)
    transport = httpx.ASGITransport(app=guarded, client=(address, 40_000))
    client.http = httpx.AsyncClient(transport=transport, base_url="http://localhost")
    return client


async def test_one_address_that_floods_an_authority_does_not_have_the_others_refused(client: Client) -> None:
    """Sixty requests at once are refused in part; the pages and forms of another address are answered."""
    client.app.state.app_context.turns = Turns(at_once=1, waiting=10)
    attacker, person = from_address(client.app, "192.0.2.1"), from_address(client.app, "198.51.100.7")
    flood = [asyncio.create_task(attacker.get("/needs-and-offers", as_=HEAD_OF_MILL)) for _ in range(60)]
    while not any(one.done() for one in flood):
        await asyncio.sleep(0.001)
    for _ in range(3):
        assert (await person.get("/needs-and-offers", as_=HEAD_OF_LOCK)).status_code == 200
    assert (await person.post("/needs", {"aim": "Help"}, as_=HEAD_OF_LOCK)).status_code == 422
    answered = Counter([(await one).status_code for one in flood])
    assert answered.keys() == {200, 503}


async def test_a_busy_authority_is_refused_before_the_app_sees_the_request(client: Client) -> None:
    """A short page with Retry-After; assets, other authorities and hosts of nobody are served as always."""
    context = client.app.state.app_context
    context.turns = Turns(at_once=1, waiting=1)
    asked = from_address(client.app, "192.0.2.1")
    await asked.get("/needs-and-offers", as_=HEAD_OF_MILL)
    flood = Flood(context.turns, NORTHSHIRE, "192.0.2.1")
    await flood.send(2)
    seen: list[str] = []
    find_tenant = context.find_tenant

    async def watched(host: str) -> Any:
        seen.append(host)
        return await find_tenant(host)

    context.find_tenant = watched
    for host in (HEAD_OF_MILL.host, HEAD_OF_MILL.host.upper(), f"{HEAD_OF_MILL.host}:8000"):
        refused = await asked.get("/needs-and-offers", host=host)
        assert (refused.status_code, element(soup(refused), "h1").text) == (503, "The service is busy")
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-security-policy"]
    assert seen == []
    assert (await asked.get("/assets/alongside.css")).status_code == 200
    assert (await asked.get("/needs-and-offers", as_=HEAD_OF_MILL.twin)).status_code == 200
    assert (await asked.get("/needs-and-offers", host="nobody.example")).status_code == 404
    await flood.end_all()
    assert (await asked.get("/needs-and-offers", as_=HEAD_OF_MILL)).status_code == 200


async def test_a_request_that_would_wait_too_long_is_refused_before_it_waits() -> None:
    """By the time that the authority's requests took lately; few that wait are never refused."""
    clock = Clock()
    turns = Turns(clock=clock, sure=5, expected=1.0)
    flood = Flood(turns, NORTHSHIRE)
    await flood.send(turns.at_once)
    for _ in range(30):
        clock.now += 1.0
        await flood.send(1)
        await flood.end()
    await flood.send(4)
    assert not turns.refuses(NORTHSHIRE, "")
    await flood.send(1)
    assert turns.in_line(NORTHSHIRE) == 5
    assert turns.refuses(NORTHSHIRE, "")
    assert not turns.refuses(SOUTHSHIRE, "")
    with pytest.raises(TooManyWaiting):
        async with turns.turn(NORTHSHIRE):
            pass
    await flood.end_all()


@pytest.mark.parametrize(("each", "refused"), [(0.006, range(1)), (0.02, range(160, 175))])
async def test_of_a_crowd_those_are_refused_who_would_wait_two_seconds(each: float, refused: range) -> None:
    """Of 256 requests at once none is refused when one takes 6 ms of the process, and two thirds when it takes 20."""
    clock = Clock()
    turns = Turns(clock=clock)
    flood = Flood(turns, NORTHSHIRE)
    await flood.send(turns.at_once)
    for _ in range(5 * turns.REMEMBERED):
        clock.now += each
        await flood.send(1)
        await flood.end()
    clock.now += turns.MOST_COUNTED  # one slow page
    await flood.end()
    await flood.send(1)
    for _ in range(2 * turns.REMEMBERED):
        clock.now += each
        await flood.send(1)
        await flood.end()
    began, before = clock.now, len(flood.tasks)
    await flood.send(256)
    crowd = flood.tasks[before:]
    assert sum(one.done() for one in crowd) in refused
    assert all(isinstance(one.exception(), TooManyWaiting) for one in crowd if one.done())
    while turns.in_line(NORTHSHIRE):
        clock.now += each
        await flood.end()
    assert clock.now - began < 2.0
    await flood.end_all()


async def test_a_refused_upload_is_not_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has too much in work is told before the file is written to the disk."""
    where = await sent_entry(client, act="draft")
    client.app.state.app_context.pool.quotas = Quotas(of_person=0)
    written: list[bytes] = []
    monkeypatch.setattr(bodies.SentFile, "write", lambda _, content: written.append(content))
    answer = await send(client, where, "pictures", "a.png", picture("PNG"), alternative_text="A wall")
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    assert written == []


async def test_requests_that_wait_for_their_bodies_are_counted_as_sent_at_the_same_time() -> None:
    """Four connections whose forms arrive one after the other are not a person who waits for each response."""
    clock = Clock()
    turns = Turns(clock=clock)
    flood, victim = Flood(turns, NORTHSHIRE), Flood(turns, SOUTHSHIRE)
    turns.charge(NORTHSHIRE, 1.0)
    turns.charge(NORTHSHIRE, 1.0)
    await victim.send(1)
    with turns.present(NORTHSHIRE), turns.present(NORTHSHIRE):
        await flood.send(1)
        assert flood.going == []
    await victim.end_all()
    await flood.end_all()


async def test_what_is_recorded_after_a_page_takes_a_turn_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readings and searches without results are written in a transaction of their own, which uses a connection."""
    notice = await a_notice(client)
    visit = await requested(client, f"/directory/schools/{MILL}")
    await client.post(f"{visit}/messages", {"body": "Hello"}, as_=HEAD_OF_PARK)
    app_context = client.app.state.app_context
    outside: list[str] = []
    transaction = app_context.database.transaction
    asked: list[str] = []

    def watched(*arguments: Any, **settings: Any) -> Any:
        if not any(line.running for line in app_context.turns._lines.values()):
            outside.append(asked[-1])
        return transaction(*arguments, **settings)

    monkeypatch.setattr(app_context.database, "transaction", watched)
    for path in (notice, f"{visit}/messages", "/directory?q=zyxwvut+quxbaz"):
        asked.append(path)
        assert (await client.get(path, as_=HEAD_OF_MILL)).status_code == 200
    assert outside == []
