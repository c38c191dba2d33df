"""Forms that are too large, have too many fields or arrive too slowly are refused before any work, and keep their text."""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import asyncpg
import pytest

from alongside.platform.database.tenant_context import EVERY_AUTHORITY
from alongside.platform.web import bodies
from tests.client import Client, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.directory.form_values import sent_entry
from tests.features.directory.test_pictures_and_files import picture, send
from tests.personas import HEAD_OF_MILL

WRITTEN = "Our readers in Year 2 need help with fluency"


class Watched:
    """Records whether a transaction is opened, and how many fields are parsed."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.transactions = self.fields = 0
        database = client.app.state.app_context.database
        transaction, parse = database.transaction, parse_qsl

        def watched_transaction(*arguments: Any, **settings: Any) -> Any:
            self.transactions += arguments[0] != EVERY_AUTHORITY  # settings, read every five seconds
            return transaction(*arguments, **settings)

        def watched_parse(text: str, **settings: Any) -> Any:
            self.fields += text.count("&") + 1
            return parse(text, **settings)

        monkeypatch.setattr(database, "transaction", watched_transaction)
        monkeypatch.setattr(bodies, "parse_qsl", watched_parse)


def headers(client: Client, as_: Any = None, **more: str) -> dict[str, str]:
    """Return headers of a form from our own page."""
    return client._headers(as_, {"sec-fetch-site": "same-origin", **more})


async def test_152_700_fields_are_counted_and_not_taken_apart(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An anonymous POST of a megabyte of fields opens no transaction and parses no more fields than a normal form."""
    watched = Watched(client, monkeypatch)
    content = "&".join(f"{number:x}=" for number in range(170_000))[:999_000]
    answer = await client.http.post(
        "/sign-out",
        content=content,
        headers=headers(client, content_type="application/x-www-form-urlencoded"),
    )
    assert answer.status_code == 413
    assert "too many fields" in words(answer)
    assert watched.transactions == 0
    assert watched.fields <= bodies.MOST_FIELDS


async def test_too_many_parts_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as multipart; the text before the limit is shown again."""
    watched = Watched(client, monkeypatch)
    parts = [("aim", (None, WRITTEN))] + [(f"f{n}", (None, "x")) for n in range(bodies.MOST_FIELDS)]
    answer = await client.http.post("/needs", files=parts, headers=headers(client, HEAD_OF_MILL))
    assert answer.status_code == 413
    assert watched.transactions == 0
    assert WRITTEN in words(answer)


async def test_the_largest_form_of_ours_is_read(client: Client) -> None:
    """A form with the maximum number of fields is accepted."""
    form = {f"f{number}": "x" for number in range(bodies.MOST_FIELDS - 3)}
    answer = await client.post("/needs", form, as_=HEAD_OF_MILL)
    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
async def test_too_much_text_is_refused_and_given_back(client: Client, kind: str) -> None:
    """More than a megabyte of text: 413, and the other fields are on the page."""
    form = {"title": WRITTEN, "problem": "long words " * 100_000}
    sent: Any = {"data": form} if kind == "urlencoded" else {"files": {k: (None, v) for k, v in form.items()}}
    answer = await client.http.post("/directory/entries", headers=headers(client, HEAD_OF_MILL), **sent)
    assert answer.status_code == 413
    assert "text you sent is too large" in words(answer)
    assert WRITTEN in [one.text.strip() for one in soup(answer).select("textarea")]


async def test_the_text_beside_a_picture_that_is_too_large_comes_back(client: Client) -> None:
    """Text before and after the file is kept; only the file must be chosen again."""
    where = await sent_entry(client, act="draft")
    answer = await send(
        client, where, "pictures", "a.jpg", b"\xff\xd8" + b"x" * 13_000_000, alternative_text=WRITTEN
    )
    assert answer.status_code == 413
    assert WRITTEN in [one.text.strip() for one in soup(answer).select("textarea")]
    assert "choose the file again" in words(answer)
    tail: list[tuple[str, Any]] = [
        ("picture", ("a.jpg", b"\xff\xd8" + b"x" * 13_000_000, "image/jpeg")),
        ("alternative_text", (None, WRITTEN)),
    ]
    answer = await client.http.post(f"{where}/pictures", files=tail, headers=headers(client, HEAD_OF_MILL))
    assert answer.status_code == 413
    assert WRITTEN in words(answer)


async def test_a_form_that_never_ends_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow sender holds no database connection, and gets a response after a timeout."""
    watched = Watched(client, monkeypatch)
    monkeypatch.setattr(bodies, "SECONDS", 0.2)

    async def drip() -> Any:
        yield f"aim={WRITTEN.replace(' ', '+')}&".encode()
        await asyncio.sleep(60)
        yield b"x"

    answer = await client.http.post(
        "/needs",
        content=drip(),
        headers=headers(client, HEAD_OF_MILL, content_type="application/x-www-form-urlencoded"),
    )
    assert answer.status_code == 408
    assert watched.transactions == 0


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nrubbish"),
        ("multipart/form-data", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf of',
        ),
    ],
)
async def test_a_body_that_cannot_be_read_is_answered_with_a_page(
    client: Client, content_type: str, content: bytes
) -> None:
    """400 with a heading and what to do."""
    answer = await client.http.post(
        "/needs", content=content, headers=headers(client, HEAD_OF_MILL, content_type=content_type)
    )
    assert answer.status_code == 400
    assert element(soup(answer), "h1").text == "This request cannot be read"


@pytest.mark.parametrize("codec", ["punycode", "idna", "undefined", "utf-16", "unicode_escape"])
async def test_a_part_does_not_choose_the_codec_by_which_it_is_read(client: Client, codec: str) -> None:
    """Python’s punycode takes minutes for a megabyte, idna and undefined were a 500: every part is read as UTF-8."""
    kind = f"text/plain; charset={codec}".encode()
    text = WRITTEN.encode() + b"a" * 400_000 + b"-" + b"a" * 400_000
    content = (
        b'--x\r\ncontent-disposition: form-data; name="aim"\r\ncontent-type: '
        + kind
        + b"\r\n\r\n"
        + text
        + b"\r\n--x--"
    )
    began = time.process_time()
    answer = await client.http.post(
        "/needs",
        content=content,
        headers=headers(client, HEAD_OF_MILL, content_type="multipart/form-data; boundary=x"),
    )
    assert answer.status_code == 403
    assert WRITTEN in answer.text
    assert time.process_time() - began < 60, "minutes of the processor"


async def test_signed_out_while_typing_gives_the_text_back(client: Client) -> None:
    """The session has ended, or the form is from an earlier one: the typed text is kept."""
    answer = await client.post("/needs", {"aim": WRITTEN})
    assert answer.status_code == 403
    assert WRITTEN in words(answer)
    answer = await client.post("/needs", {"aim": WRITTEN, "csrf_token": "0" * 64}, as_=HEAD_OF_MILL)
    assert answer.status_code == 403
    assert WRITTEN in words(answer)


async def test_another_website_gets_none_of_its_text_on_our_pages(client: Client) -> None:
    """The body of a request from another site is not read."""
    answer = await client.post("/needs", {"aim": WRITTEN}, as_=HEAD_OF_MILL, sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert WRITTEN not in answer.text


async def test_the_same_key_with_another_file_is_not_answered_as_done(
    client: Client, copy: DatabaseCopy
) -> None:
    """Same key, same name, corrected content: refused, so that the user does not believe the correction is saved."""
    where = await sent_entry(client, act="draft")
    key = uuid4().hex
    first = await send(client, where, "attachments", "plan.csv", b"a,b\n1,old\n", idempotency_key=key)
    again = await send(client, where, "attachments", "plan.csv", b"a,b\n1,old\n", idempotency_key=key)
    other = await send(client, where, "attachments", "plan.csv", b"a,b\n1,new\n", idempotency_key=key)
    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 422)
    assert "already sent with other content" in words(other)


async def test_no_form_is_remembered_in_memory(client: Client) -> None:
    """The framework's reader kept the last 1,024 forms of the process in memory, up to a gigabyte."""
    from litestar._parsers import parse_url_encoded_form_data as reader

    reader.cache_clear()
    await client.post("/needs", {"aim": WRITTEN}, as_=HEAD_OF_MILL)
    assert reader.cache_info().currsize == 0


async def test_a_picture_is_still_taken(client: Client) -> None:
    """Uploads within the limits work."""
    where = await sent_entry(client, act="draft")
    answer = await send(client, where, "pictures", "a.png", picture("PNG"), alternative_text=WRITTEN)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("came_from", "leads_back_to"),
    [
        ("/needs/new?theme=reading", "/needs/new?theme=reading&unsent=1"),
        ("//evil.example/needs/new", "/needs?unsent=1"),
        ("/needs//evil.example", "/needs?unsent=1"),
        ("/\\evil.example", "/needs?unsent=1"),
    ],
)
async def test_the_page_that_sent_a_form_is_no_way_to_another_site(
    client: Client, copy: DatabaseCopy, came_from: str, leads_back_to: str
) -> None:
    """After signing in again a person goes back to that page, if its address cannot be read as another host."""
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute(
        "UPDATE user_session SET ended_at = now() WHERE person_id = $1", HEAD_OF_MILL.person_id
    )
    await owner.close()
    referer = f"http://{HEAD_OF_MILL.host}{came_from}"
    ended = await client.post("/needs", {"title": WRITTEN}, as_=HEAD_OF_MILL, referer=referer)
    assert ended.status_code == 403
    again = element(soup(ended), "main a[href^='/sign-in?next=']")
    assert parse_qsl(str(again["href"]).partition("?")[2]) == [("next", leads_back_to)]
