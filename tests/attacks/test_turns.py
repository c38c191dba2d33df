"""However many requests one authority sends, another authority's request does not wait behind them."""

import asyncio
from typing import Any

import pytest

from alongside.errors import ServiceUnavailable
from alongside.platform.web import server_sent_events
from alongside.platform.web.turns import Turns
from tests.client import Client
from tests.personas import HEAD_OF_MILL, NORTHSHIRE, SOUTHSHIRE


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


async def _turn(turns: Turns) -> None:
    async with turns.turn(NORTHSHIRE):
        await asyncio.sleep(0)
