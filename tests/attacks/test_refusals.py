"""What is refused costs its sender a turn, or next to nothing."""

from typing import Any

import pytest

from alongside.platform.process_pool import Quotas
from alongside.platform.web import bodies, routing
from alongside.platform.web.turns import Turns
from tests.attacks.test_turns import Flood
from tests.client import Client, element, soup, words
from tests.features.directory.form_values import sent_entry
from tests.features.directory.test_pictures_and_files import picture, send
from tests.personas import HEAD_OF_MILL, NORTHSHIRE

LONG = "Our readers in Year 2 need help. " * 6_000
REFUSED = {
    "from another website": ("/needs", {}, {"sec_fetch_site": "cross-site"}, 403),
    "an earlier sign-in": ("/needs", {"aim": LONG, "csrf_token": "00"}, {}, 403),
    "wrong input": ("/needs", {"aim": LONG}, {}, 422),
    "signed out": ("/needs", {"aim": LONG}, {}, 401),
    "a form with too many fields": ("/needs", {f"a{number}": "b" for number in range(2_500)}, {}, 413),
}


@pytest.mark.parametrize(("path", "form", "sent", "status"), REFUSED.values(), ids=list(REFUSED))
async def test_a_refused_form_is_parsed_and_shown_within_a_turn(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    form: dict[str, str],
    sent: dict[str, str],
    status: int,
) -> None:
    """A megabyte that is parsed and shown again costs as much as a page, so it must wait its turn like one."""
    turns = client.app.state.app_context.turns
    outside: list[str] = []

    def watch(module: Any, name: str) -> None:
        function = getattr(module, name)

        def watched(*arguments: Any) -> Any:
            if not any(line.running for line in turns._lines.values()):
                outside.append(name)
            return function(*arguments)

        monkeypatch.setattr(module, name, watched)

    watch(routing, "response_to")
    watch(bodies.Body, "parse")
    signed_out = status == 401
    answer = await client.post(path, form, as_=None if signed_out else HEAD_OF_MILL, **sent)
    assert answer.status_code == (403 if signed_out else status)
    assert outside == []


async def test_a_form_that_finds_a_full_queue_is_shown_again_only_if_that_costs_little(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is longer than any form that a person fills in is not even parsed, and the page says where the text is."""
    app_context = client.app.state.app_context
    app_context.turns = Turns(at_once=1, waiting=1)
    flood = Flood(app_context.turns, NORTHSHIRE)
    await flood.send(2)
    written = "Our readers in Year 2 need help. " * 1_000
    short = await client.post("/needs", {"aim": written}, as_=HEAD_OF_MILL)
    assert short.status_code == 503
    assert element(soup(short), "textarea[name=aim]").get_text().removeprefix("\n") == written
    monkeypatch.setattr(bodies.Body, "parse", None)
    for form in ({"aim": LONG}, {f"a{number}": "b" for number in range(1_000)}):
        long = await client.post("/needs", form, as_=HEAD_OF_MILL)
        assert long.status_code == 503
        assert "Use the Back button of your browser" in words(long)
        assert len(long.content) < 10_000
    await flood.end_all()


@pytest.mark.parametrize("path", ["/nothing", "/assets/nothing", "/live"])
async def test_an_address_or_host_of_nobody_is_answered_without_rendering(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Anybody can ask for them, without limit, and no authority's turn is used."""
    expected = (await client.get(path, host="nobody.example")).content
    environment = client.app.state.app_context.environment
    monkeypatch.setattr(environment, "get_template", None)
    answer = await client.get(path, host="nobody.example")
    assert (answer.status_code, answer.content) == (404, expected)
    form = await client.post(path, {"a": "b"}, host="nobody.example")
    assert form.status_code in (404, 405)
    assert client.app.state.app_context.turns._lines == {}


async def test_who_has_too_much_in_work_is_refused_again_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty uploads or calculations at once are refused by the session's first refusal, until something has ended."""
    where = await sent_entry(client, act="draft")
    app_context = client.app.state.app_context
    quotas = app_context.pool.quotas = Quotas(of_person=0)
    opened: list[Any] = []
    transaction = app_context.database.transaction

    def counted(*arguments: Any, **settings: Any) -> Any:
        opened.append(arguments)
        return transaction(*arguments, **settings)

    app_context.database.transaction = counted
    for number in range(3):
        file = picture("PNG")
        upload = await send(
            client, where, "pictures", "a.png", file, alternative_text="A wall in Year 2, with words"
        )
        assert (upload.status_code, upload.headers["retry-after"]) == (429, "5")
        assert "A wall in Year 2, with words" in upload.text
        printed = await client.get(f"{where}/pdf", as_=HEAD_OF_MILL)
        assert (printed.status_code, printed.headers["retry-after"]) == (429, "5")
        assert opened.count((NORTHSHIRE,)) == 1, number
    quotas.of_person = 2
    assert (await client.get(f"{where}/pdf", as_=HEAD_OF_MILL)).status_code == 200
