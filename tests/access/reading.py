"""Reads a list completely: every page, tab and sort order that it links to."""

import html
import re
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from tests.access.matrix import Route, routes_of
from tests.faults.clients import call_bytes
from tests.personas import Persona

MOST = 40
"""Maximum addresses of one list that are read for a person."""

LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
NOT_LISTS = {"/live", "/metrics"}
"""A stream that does not end, and an address for the operator's own network."""


PROBLEMS = "/problems/"
"""The pages that the proxy shows: each answers with the status in its address."""


def lists_of(app: Any) -> list[Route]:
    """Return every address without an id: pages, exports, counts and feeds."""
    return [
        one
        for one in routes_of(app)
        if one.method == "GET"
        and not one.names
        and one.path not in NOT_LISTS
        and not one.path.startswith(PROBLEMS)
    ]


async def everything_at(app: Any, who: Persona | None, first: str, path: str | None = None) -> str | None:
    """Return all text that a persona can read at an address and the queries it links to; None if it is not allowed.

    With `path`, `first` is a search, and only further pages of its results are read.
    """
    waiting, read, texts = [first], set[str](), list[str]()
    while waiting:
        address = waiting.pop(0)
        if address in read:
            continue
        assert len(read) < MOST, f"{first} links to more than {MOST} addresses of its own"
        read.add(address)
        status, kind, body = await call_bytes(app, who, address)
        if address == first and status in (303, 403, 404):
            return None
        assert status == 200, (address, status)
        text = as_text(kind, body)
        texts.append(text)
        if kind.startswith("text/html"):
            found = links_of(text, path or first)
            waiting += [one for one in found if one not in read and (not path or is_next(one, first))]
    return "\n".join(texts)


def as_text(kind: str, body: bytes) -> str:
    """Return the text of a response, also of a workbook."""
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(BytesIO(body)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    return body.decode(errors="replace")


def links_of(text: str, path: str) -> list[str]:
    """Return the links of a page to other parts of the same list: pages and tabs, not every sort order."""
    found = [html.unescape(one).partition("#")[0] for one in LINK.findall(text)]
    inside = [urljoin(path, one) for one in found]
    return [one for one in dict.fromkeys(inside) if one.partition("?")[0] == path and "sort=" not in one]


def is_next(link: str, first: str) -> bool:
    """Return whether a link leads to another page of the same results."""
    return link.startswith((first + "&", first.partition("?")[0] + "?page="))
