"""Feeds of public entries, exports of search results, and entries as PDF."""

import io
import json
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from alongside.features.directory.import_export.file_format import COLUMNS
from alongside.features.directory.import_export.parsers import rows_in
from alongside.platform.database.session import Database
from tests.client import Client, soup
from tests.features.directory.search_index import insert_entry
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    PARK,
    SOUTHSHIRE,
)

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & ]]> \x0b \ufffe “quotes” 🦓"


@pytest.fixture
async def search_index(database: Database) -> Any:
    """One entry of each visibility, and one of the twin authority; the ids by title."""
    made = {}
    async with database.transaction(NORTHSHIRE) as session:
        entries: dict[str, dict[str, Any]] = {
            "Public entry": {
                "visibility": "public",
                "school_urn": MILL,
                "problem": HOSTILE,
                "themes": ["writing"],
            },
            "Inside entry": {"school_urn": MILL, "who_to_ask": "Reading lead"},
            "North entry": {
                "visibility": "consortium",
                "visible_to_authority_from": None,
                "school_urn": PARK,
            },
        }
        for title, columns in entries.items():
            made[title] = await insert_entry(session, title, **columns)
    async with database.transaction(SOUTHSHIRE) as session:
        made["Twin entry"] = await insert_entry(
            session, "Twin entry", authority_id=SOUTHSHIRE, visibility="public", school_urn=MILL
        )
    return made


async def test_the_feed_holds_what_is_public_of_this_authority_alone(
    client: Client, search_index: Any
) -> None:
    """Valid XML for any entry text, with absolute URLs, without sign-in."""
    answer = await client.get("/good-practice.atom", host=HEAD_OF_MILL.host)
    feed = ET.fromstring(answer.text)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["Public entry"]
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None and "<script>" in str(entry.findtext(f"{ATOM}summary"))
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.attrib["href"].endswith(f"/good-practice/{search_index['Public entry']}")
    twin = ET.fromstring((await client.get("/good-practice.atom", host=HEAD_OF_MILL.twin.host)).text)
    assert [one.findtext(f"{ATOM}title") for one in twin.iter(f"{ATOM}entry")] == ["Twin entry"]


async def test_the_json_holds_the_same_and_turns_its_pages(
    client: Client, search_index: Any, database: Database
) -> None:
    """50 entries a page; the second page holds the rest; no personal data in any."""
    feed = json.loads((await client.get("/good-practice.json", host=HEAD_OF_MILL.host)).text)
    assert [one["title"] for one in feed["items"]] == ["Public entry"] and "next_url" not in feed
    assert feed["items"][0]["_entry"]["school_urn"] == MILL
    async with database.transaction(NORTHSHIRE) as session:
        for number in range(50):
            await insert_entry(session, f"Public {number}", visibility="public", school_urn=MILL)
    first = json.loads((await client.get("/good-practice.json", host=HEAD_OF_MILL.host)).text)
    assert len(first["items"]) == 50 and first["next_url"].endswith("/good-practice.json?page=2")
    rest = json.loads((await client.get("/good-practice.json?page=2", host=HEAD_OF_MILL.host)).text)
    assert len(rest["items"]) == 1


async def test_where_nothing_is_public_any_more_no_feed_tells_what_was(
    client: Client, search_index: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When an authority closes its public directory, its entries are hidden at once."""
    monkeypatch.setattr("alongside.features.directory.feeds.queries.is_open", lambda authority_id: False)
    for path in ("/good-practice.atom", "/good-practice.json"):
        assert (await client.get(path, host=HEAD_OF_MILL.host)).status_code == 404


async def test_everybody_may_search_what_is_public_and_nothing_else(
    client: Client, search_index: Any
) -> None:
    """By words, corrected spelling and jargon; no internal entry, none of the twin authority, no unverified text."""

    async def found(typed: str, host: str = HEAD_OF_MILL.host) -> list[str]:
        answer = await client.http.get("/good-practice", params={"q": typed}, headers={"host": host})
        assert answer.status_code == 200
        return [one.get_text(strip=True) for one in soup(answer).select(".alongside-card__title")]

    assert await found("entry") == ["Public entry"] and await found("publick") == ["Public entry"]
    assert await found("PUBLIC entries!") == ["Public entry"]
    assert await found("inside") == [] and await found("north") == [] and await found("twin") == []
    assert await found("entry", HEAD_OF_MILL.twin.host) == ["Twin entry"]
    assert await found("& | the") == ["Public entry"]


async def test_an_export_holds_what_the_same_person_sees_on_the_screen(
    client: Client, search_index: Any
) -> None:
    """For each person, in each format, with the filters of the page."""
    for one, titles in (
        (HEAD_OF_PARK, {"Public entry", "Inside entry", "North entry"}),
        (HEAD_OF_QUAY, {"Public entry", "Inside entry"}),
        (HEAD_OF_MILL.twin, {"Twin entry"}),
    ):
        page = soup(await client.get("/directory", as_=one))
        assert {cell.get_text(strip=True) for cell in page.select(".alongside-card__title")} == titles
        for kind in ("csv", "jsonl"):
            answer = await client.get(f"/directory/found.{kind}", as_=one)
            assert "attachment" in answer.headers["content-disposition"]
            assert {row["title"] for row in rows_in(f"a.{kind}", answer.content)} == titles, (one.name, kind)
        sent = (await client.get("/directory/found.xlsx", as_=one)).content
        book = CalamineWorkbook.from_filelike(io.BytesIO(sent))
        assert [sheet.visible for sheet in book.sheets_metadata] == [SheetVisibleEnum.Visible]
        lines = book.get_sheet_by_index(0).to_python()
        assert tuple(lines[0]) == COLUMNS and {line[0] for line in lines[1:]} == titles
    narrowed = await client.get("/directory/found.csv?theme=writing", as_=HEAD_OF_PARK)
    assert [row["title"] for row in rows_in("a.csv", narrowed.content)] == ["Public entry"]
    assert (await client.get("/directory/found.csv?theme=alchemy", as_=HEAD_OF_PARK)).status_code == 422


async def test_an_entry_on_paper_says_what_the_page_says(client: Client, search_index: Any) -> None:
    """Tagged, with the text and without Markdown markup; only for people who may see the entry."""
    answer = await client.get(f"/directory/{search_index['Public entry']}/pdf", as_=HEAD_OF_QUAY)
    assert answer.headers["content-type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(answer.content))
    words = " ".join(page.extract_text() for page in paper.pages)
    assert "Public entry" in words and "Mill Primary School" in words and "alert(1)" in words
    trailer: Any = paper.trailer
    assert trailer["/Root"]["/MarkInfo"]["/Marked"]
    for one in (HEAD_OF_QUAY, HEAD_OF_MILL.twin):
        assert (await client.get(f"/directory/{search_index['North entry']}/pdf", as_=one)).status_code == 404
    assert (
        await client.get(f"/directory/{search_index['North entry']}/pdf", as_=LEAD_OF_NORTH)
    ).status_code == 200


async def test_an_entry_is_never_updated_before_it_was_published(
    client: Client, search_index: Any, database: Database
) -> None:
    """Reviewed on the day it was listed, and reviewed later (RFC 4287, 4.2.15)."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(
            session, "Reviewed later", visibility="public", school_urn=MILL, reviewed_on=date(2040, 1, 2)
        )
    feed = ET.fromstring((await client.get("/good-practice.atom", host=HEAD_OF_MILL.host)).text)
    times = {
        one.findtext(f"{ATOM}title"): [
            datetime.fromisoformat(str(one.findtext(f"{ATOM}{name}"))) for name in ("published", "updated")
        ]
        for one in feed.iter(f"{ATOM}entry")
    }
    assert len(times) == 2 and all(published <= updated for published, updated in times.values()), times
    assert times["Reviewed later"][1].date() == date(2040, 1, 2)
    newest = max(updated for _, updated in times.values())
    assert datetime.fromisoformat(str(feed.findtext(f"{ATOM}updated"))) == newest
    items = json.loads((await client.get("/good-practice.json", host=HEAD_OF_MILL.host)).text)["items"]
    assert all(one["date_published"] <= one["date_modified"] for one in items)
