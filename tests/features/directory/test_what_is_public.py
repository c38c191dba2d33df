"""The public directory: verified entries that a school made public, without personal data."""

import re

import asyncpg
import msgspec
import pytest

from alongside.features.authorities.settings_cache import register_settings
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy, make_known
from tests.features.directory.form_values import checked_entry, verified_entry, verify
from tests.features.directory.stored_rows import asked, id_of, public_row
from tests.features.needs.form_values import form_at
from tests.personas import HEAD_OF_MILL, HEAD_OF_SERVICE, LEAD_OF_NORTH, PERSONAS


def public_path(where: str) -> str:
    """The public URL of an entry."""
    return where.replace("/directory/", "/good-practice/")


async def test_only_what_is_verified_and_public_is_there(client: Client, copy: DatabaseCopy) -> None:
    near = await verified_entry(client, visibility="authority", title="For our schools")
    waiting = await checked_entry(client, visibility="public", title="Not yet looked at")
    where = await verified_entry(client, visibility="public")
    for hidden in (near, waiting):
        assert (await client.get(public_path(hidden))).status_code == 404
        assert await public_row(copy, hidden) is None
    page = await client.get(public_path(where))
    assert page.status_code == 200 and "Ten minutes of reading aloud" in words(page)
    listed = words(await client.get("/good-practice"))
    assert "Ten minutes" in listed and "For our schools" not in listed and "Not yet looked at" not in listed
    assert "Ten minutes" in words(await client.get("/good-practice?theme=early_reading"))
    assert "Nothing here yet" in words(await client.get("/good-practice?theme=attendance"))


async def test_nobody_is_named_in_public(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, visibility="public")
    text = (await client.get(public_path(where))).text + (await client.get("/good-practice")).text
    for one in PERSONAS:
        assert one.name not in text and str(one.person_id) not in text
    columns = await asked(
        copy, "SELECT column_name FROM information_schema.columns WHERE table_name = 'public_entry'"
    )
    assert not [one for one in columns if re.search("person|_by|writer|note|partner", one["column_name"])]


async def test_a_change_is_not_public_before_it_is_verified(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, visibility="public")
    kept = await form_at(client, f"{where}/edit") | {"problem": "A text nobody has looked at."}
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    assert "nobody has looked at" not in words(await client.get(public_path(where)))
    assert "nobody has looked at" in words(await client.get(where, as_=HEAD_OF_MILL))
    await verify(client, where)
    assert "nobody has looked at" in words(await client.get(public_path(where)))


async def test_what_is_shown_less_widely_is_gone_at_once(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client, visibility="public")
    kept = await form_at(client, f"{where}/edit") | {"visibility": "consortium"}
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    assert (await client.get(public_path(where))).status_code == 404
    other = await verified_entry(client, visibility="public", title="Another")
    await client.post(f"{other}/archive", {"note": "Over."}, as_=HEAD_OF_MILL)
    assert (await client.get(public_path(other))).status_code == 404


async def test_another_authority_shows_nothing_of_it(client: Client) -> None:
    where = await verified_entry(client, visibility="public")
    for path in (public_path(where), "/good-practice"):
        page = await client.get(path, host="southshire.localhost")
        assert "Ten minutes" not in page.text
    assert (await client.get(public_path(where), host="southshire.localhost")).status_code == 404


async def test_an_authority_that_shows_nothing_to_the_public_is_obeyed(client: Client) -> None:
    """Entries made public earlier are hidden at once, and no form offers the choice any more."""
    where = await verified_entry(client, visibility="public")
    settings = make_known("northshire")
    narrow = type(settings.directory)(
        widest="authority", review_good_for_days=365, work_in_progress_days=365, remind_before_days=30
    )
    try:
        register_settings(msgspec.structs.replace(settings, directory=narrow), 1)
        for path in (public_path(where), "/good-practice", "/good-practice.atom", "/good-practice.json"):
            assert (await client.get(path)).status_code == 404, path
        form = soup(await client.get("/directory/new", as_=HEAD_OF_MILL))
        assert [one["value"] for one in form.select('input[name="visibility"]')] == [
            "consortium",
            "authority",
        ]
        sent = await form_at(client, f"{where}/edit")
        assert sent["visibility"] == ["authority"]
    finally:
        make_known("northshire")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO public_entry SELECT * FROM public_entry",
        "UPDATE public_entry SET title = 'x'",
        "DELETE FROM public_entry",
    ],
)
async def test_the_app_itself_cannot_write_what_the_public_reads(copy: DatabaseCopy, sql: str) -> None:
    connection = await asyncpg.connect(copy.app_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    finally:
        await connection.close()


async def test_texts_are_kept_and_compared_by_those_who_look_after_them(client: Client) -> None:
    where = await verified_entry(client)
    kept = await form_at(client, f"{where}/edit") | {"problem": "A new problem.", "cost_pence": "15"}
    await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, HEAD_OF_SERVICE):
        page = soup(await client.get(f"{where}/versions", as_=one))
        rows = [" ".join(row.get_text(" ").split()) for row in page.select("main tbody tr")]
        assert rows == [
            "The problem Too few children **heard** a story at home. A new problem.",
            "What it cost £1,200 £15",
        ]
    assert (await client.get(f"{where}/versions?earlier=1&later=9", as_=HEAD_OF_MILL)).status_code == 404
    odd = await client.get(f"{where}/versions?earlier=x&later=²", as_=HEAD_OF_MILL)
    assert odd.status_code == 200


async def test_kept_texts_cannot_be_changed_by_the_app(client: Client, copy: DatabaseCopy) -> None:
    where = await verified_entry(client)
    assert len(await asked(copy, "SELECT 1 FROM entry_version WHERE entry_id = $1", id_of(where))) == 1
    connection = await asyncpg.connect(copy.app_url)
    try:
        for sql in ("UPDATE entry_version SET edition = 9", "DELETE FROM entry_version"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)
    finally:
        await connection.close()
