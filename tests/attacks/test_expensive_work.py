"""Expensive work holds no connection to the database, is done once, and only for people who may ask for it."""

from typing import Any

import pytest

from alongside.directory.keepsakes import actions
from alongside.process_pool import Quotas
from alongside.web.house import House
from tests.client import Client, words
from tests.directory.test_pictures_and_files import picture, png_bomb, send
from tests.directory.writing import sent_entry
from tests.people import HEAD_OF_MILL


class Watched:
    """A pool that writes down how many connections were held while it worked."""

    def __init__(self, house: House) -> None:
        self.house, self.run, self.held = house, house.pool.run, []
        house.pool.run = self.watch  # type: ignore[method-assign]

    async def watch(self, *arguments: Any, **settings: Any) -> Any:
        """Count, then work."""
        self.held.append(self.house.database.connections_used())
        result = await self.run(*arguments, **settings)
        self.held.append(self.house.database.connections_used())
        return result


async def test_no_connection_is_held_and_a_second_try_does_not_work_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is tried again; the picture is drawn once."""
    where = await sent_entry(client, act="draft")
    watched = Watched(client.app.state.house)
    original, tries = actions.add_picture, []

    async def cut_off_at_first(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionResetError
        await original(*arguments)

    monkeypatch.setattr(actions, "add_picture", cut_off_at_first)
    answer = await send(client, where, "pictures", "a.png", picture("PNG"), alternative_text="A wall")
    assert answer.status_code == 303
    assert len(tries) == 2
    assert watched.held == [0, 0]


@pytest.mark.parametrize("as_", [None, HEAD_OF_MILL])
async def test_nothing_is_worked_on_before_the_form_is_known_to_be_ours(client: Client, as_: Any) -> None:
    """Without a session, or with a token of another form, no picture is opened."""
    where = await sent_entry(client, act="draft")
    watched = Watched(client.app.state.house)
    answer = await client.http.post(
        f"{where}/pictures",
        data={"csrf_token": "0" * 64, "idempotency_key": "k" * 32},
        files={"picture": ("a.png", png_bomb(6300), "image/png")},
        headers=client._headers(as_, {"sec-fetch-site": "same-origin"}),
    )
    assert answer.status_code == 403
    assert watched.held == []


async def test_who_has_too_much_in_work_is_told_and_keeps_the_text(client: Client) -> None:
    """A person has a quota; the answer is 429 with what was typed."""
    where = await sent_entry(client, act="draft")
    client.app.state.house.pool.quotas = Quotas(of_person=0)
    answer = await send(
        client, where, "pictures", "a.png", picture("PNG"), alternative_text="A wall of the hall"
    )
    assert answer.status_code == 429
    assert "Wait for them to finish" in words(answer)
    assert "A wall of the hall" in words(answer)
