"""The addresses of the feeds: open to everybody, like the public directory."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.directory.feeds.queries import whole_public_entries
from alongside.directory.feeds.writing import ATOM, JSON, atom, json_feed
from alongside.needs.list import number_of_page
from alongside.people.landing import origin_of
from alongside.web.answers import Answer, Plain
from alongside.web.gate import page
from alongside.web.house import House
from alongside.web.typed import asked

HOME = "/good-practice"
KEPT = {"cache-control": "public, max-age=900"}
"""A quarter of an hour: feeds are asked for by many, and hold nobody's own."""


@page.get("/good-practice.atom", permission=Permission.OPEN_FRONT_DOOR, by_itself=True)
async def show_atom(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The newest public entries as an Atom feed."""
    entries, _ = await whole_public_entries(session, person.authority_id, 1)
    here = _here(request, person)
    body = atom(settings_of(person.authority_id).name, f"{here}{HOME}", f"{here}{request.url.path}", entries)
    return Plain(body, media_type=ATOM, headers=KEPT)


@page.get("/good-practice.json", permission=Permission.OPEN_FRONT_DOOR, by_itself=True)
async def show_json(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """All public entries as JSON, fifty a page."""
    number = number_of_page(asked(request).one("page"))
    entries, more = await whole_public_entries(session, person.authority_id, number)
    here = _here(request, person)
    itself = f"{here}{request.url.path}"
    body = json_feed(
        settings_of(person.authority_id).name,
        f"{here}{HOME}",
        itself,
        entries,
        f"{itself}?page={number + 1}" if more else None,
    )
    return Plain(body, media_type=JSON, headers=KEPT)


def _here(request: Request[Any, Any, Any], person: Person) -> str:
    """The authority's own address: never what the request claims, because shared caches keep the answer."""
    house: House = request.app.state.house
    settings = settings_of(person.authority_id)
    return origin_of(settings, request.headers["host"], demonstration=house.demonstration)


routes = [show_atom, show_json]
