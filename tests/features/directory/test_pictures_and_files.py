"""Pictures are re-encoded, attachments accepted by content; invalid, too large or compressed bombs are refused."""

import zlib
from collections.abc import Callable
from io import BytesIO
from struct import pack
from typing import Any

import asyncpg
import pytest
from PIL import Image

from alongside.platform.uploads.images import MOST_PIXELS, WIDEST, reencode_image
from alongside.platform.web.spreadsheet import as_xlsx
from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.directory.form_values import sent_entry, verified_entry
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE, TWIN_HEAD_OF_MILL

SECRET = "51.5033N 0.1276W and Jo Bloggs"


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: Any) -> bytes:
    """A picture with metadata about its place and author."""
    made, out = Image.new(mode, size, 120 if mode == "L" else None), BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET, 6
    made.save(out, form, exif=exif, **more)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def png_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that would unpack to gigabytes."""
    head = pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def workbook() -> bytes:
    """A spreadsheet as Excel saves it."""
    return as_xlsx("Books", ["Week", "Book"], [])


async def send(
    client: Client, where: str, kind: str, name: str, body: bytes, as_: Any = HEAD_OF_MILL, **form: str
) -> Any:
    """Send a file as a browser does."""
    field = "picture" if kind == "pictures" else "attachment"
    given = {"csrf_token": client.token_of(as_), "idempotency_key": f"{name[:20]:x<20}{len(body)}"} | form
    return await client.http.post(
        f"{where}/{kind}",
        data=given,
        files={field: (name, body, "application/octet-stream")},
        headers=client._headers(as_, {"sec-fetch-site": "same-origin"}),
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_pixels_and_nothing_else(form: str) -> None:
    """Location, name, comments and appended data are dropped; the picture is upright and no larger than needed."""
    sent = picture(form, (3000, 2000)) + b"<script>alert(1)</script>" + b"PK\x03\x04 another file"
    made = reencode_image(sent)
    assert max(made.width, made.height) == WIDEST and made.height > made.width
    for trace in (SECRET.encode(), b"<script", b"PK\x03\x04", b"Exif"):
        assert trace not in made.body
    with Image.open(BytesIO(made.body)) as again:
        assert not again.getexif() and again.size == (made.width, made.height)


def test_what_lets_the_page_shine_through_still_does() -> None:
    assert reencode_image(picture("PNG", mode="RGBA")).media_type == "image/webp"
    assert reencode_image(picture("PNG", mode="L")).media_type == "image/jpeg"


GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
HOSTILE_PICTURES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"just words",
    "HTML that begins like a GIF": lambda: b"GIF89a/*<script>alert(1)</script>*/",
    "a real GIF": lambda: GIF,
    "SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a TIFF": lambda: picture("TIFF"),
    "half a JPEG": lambda: picture("JPEG", (400, 300))[:900],
    "a bomb of pixels": png_bomb,
    "a bomb just above what is allowed": lambda: png_bomb(int(MOST_PIXELS**0.5) + 10),
    "a bomb in a comment": lambda: (
        picture("PNG")[:33]
        + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 50_000_000, 9))
        + picture("PNG")[33:]
    ),
    "13 MB": lambda: picture("JPEG") + b"x" * 12_000_001,
}


@pytest.mark.parametrize("name", HOSTILE_PICTURES)
def test_what_is_no_picture_or_too_much_of_one_is_refused_with_a_cure(name: str) -> None:
    with pytest.raises(ValueError, match=r"must be a JPEG|Make it smaller|Choose another"):
        reencode_image(HOSTILE_PICTURES[name]())


async def test_a_picture_is_shown_to_who_may_see_its_entry(client: Client, copy: DatabaseCopy) -> None:
    where = await sent_entry(client, act="draft")
    answer = await send(client, where, "pictures", "a.jpg", picture(), alternative_text="A box of books")
    assert answer.status_code == 303, words(answer)
    page = soup(await client.get(where, as_=HEAD_OF_MILL))
    shown = element(page, "figure img")
    where = attribute(shown, "src")
    assert shown["alt"] == "A box of books"
    body = await client.get(where, as_=HEAD_OF_MILL)
    assert (body.headers["content-type"], body.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert "default-src 'none'" in body.headers["content-security-policy"] and SECRET not in body.text
    for one in (HEAD_OF_PARK, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        assert (await client.get(where, as_=one)).status_code == 404
    removed = await client.post(f"{where}/removal", as_=HEAD_OF_MILL)
    assert removed.status_code == 303 and not await asked(copy, "SELECT 1 FROM entry_picture")


async def test_a_file_is_only_ever_downloaded(client: Client) -> None:
    where = await verified_entry(client, visibility="public")
    book = workbook()
    assert (await send(client, where, "attachments", "plan.xlsx", book)).status_code == 303
    page = soup(await client.get(where, as_=HEAD_OF_PARK))
    link = attribute(element(page, "a[download]"), "href")
    body = await client.get(link, as_=HEAD_OF_PARK)
    assert body.headers["content-disposition"].startswith("attachment") and body.content == book
    assert (await client.get(link, as_=TWIN_HEAD_OF_MILL)).status_code == 404


async def test_what_comes_after_verifying_waits_outside_the_public_page(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client, visibility="public")
    await send(client, where, "pictures", "a.jpg", picture(), alternative_text="A box of books")
    assert (await entry_row(copy, where))["state"] == "review_due"
    public = where.replace("/directory/", "/good-practice/")
    assert not soup(await client.get(public)).select("figure img")
    shown = attribute(element(soup(await client.get(where, as_=HEAD_OF_MILL)), "figure img"), "src")
    assert (await client.get(shown.replace("/directory/", "/good-practice/"))).status_code == 404


async def test_a_bad_file_keeps_what_was_typed_and_changes_nothing(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await sent_entry(client, act="draft")
    before = await entry_row(copy, where)
    bad = await send(client, where, "pictures", "a.png", png_bomb(), alternative_text="A box of books")
    assert bad.status_code == 422
    page = soup(bad)
    assert "too many pixels" in element(page, ".govuk-error-summary").get_text()
    assert attribute(element(page, 'input[name="alternative_text"]'), "value") == "A box of books"
    bare = await send(client, where, "pictures", "a.jpg", picture(), alternative_text="")
    assert bare.status_code == 422 and "Say what is on the picture" in words(bare)
    none = await client.post(f"{where}/attachments", as_=HEAD_OF_MILL)
    assert none.status_code == 422 and "Select a file" in words(none)
    assert await entry_row(copy, where) == before


async def test_a_photograph_of_40_mb_is_answered_in_words(client: Client) -> None:
    where = await sent_entry(client, act="draft")
    huge = await send(
        client, where, "pictures", "a.jpg", b"\xff\xd8" + b"x" * 40_000_000, alternative_text="A"
    )
    assert huge.status_code == 413
    assert "larger than 12 MB" in words(huge) and "Make the file smaller" in words(huge)
    text = await client.post("/needs", {"wanted": "x" * 1_100_000}, as_=HEAD_OF_MILL)
    assert text.status_code == 413 and "too large" in words(text)


async def test_a_body_that_is_no_form_is_answered_in_words(client: Client) -> None:
    where = await sent_entry(client, act="draft")
    headers = client._headers(HEAD_OF_MILL, {"sec-fetch-site": "same-origin"})
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        answer = await client.http.post(
            f"{where}/pictures", content=b"--x\r\nrubbish", headers=headers | {"content-type": kind}
        )
        assert answer.status_code == 400, kind


async def test_an_entry_has_eight_pictures_at_most(client: Client, copy: DatabaseCopy) -> None:
    where = await sent_entry(client, act="draft")
    for number in range(8):
        sent = await send(
            client, where, "pictures", f"{number}.jpg", picture(), alternative_text=f"Picture {number}"
        )
        assert sent.status_code == 303
    assert (
        await send(client, where, "pictures", "9.jpg", picture(), alternative_text="Nine")
    ).status_code == 409
    assert len(await asked(copy, "SELECT 1 FROM entry_picture")) == 8


async def test_postgresql_wants_words_for_every_picture(client: Client, copy: DatabaseCopy) -> None:
    where = await sent_entry(client, act="draft")
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(
            copy,
            "INSERT INTO entry_picture (authority_id, entry_id, edition, alternative_text, media_type, width,"
            " height, body) VALUES ($1, $2, 1, ' … ', 'image/png', 1, 1, 'x')",
            NORTHSHIRE,
            id_of(where),
        )
    assert refused.value.constraint_name == "ck_entry_picture_alt"
