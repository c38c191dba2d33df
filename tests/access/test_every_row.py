"""Every list, export, count and feed × every role: exactly the rows of the hand-written rules."""

import re
from typing import Any

import pytest

from tests.access.expected import (
    BOARD,
    EXACTLY,
    FIRST_PAGES,
    GOVERNORS,
    PUBLIC,
    first_page,
    looked_after,
    public,
)
from tests.access.reading import everything_at, lists_of
from tests.access.rows import Rows, make_rows
from tests.client import Client
from tests.databases import app_over, copy_of_template, drop
from tests.personas import (
    CONSORTIA,
    MEMBERS,
    NORTHSHIRE,
    PERSONAS,
    SCHOOLS,
    SOUTHSHIRE,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
    TWINS,
    Persona,
)

READERS: tuple[Persona | None, ...] = (*PERSONAS, TWIN_HEAD_OF_MILL, TWIN_OFFICER, None)
SEARCHES = {
    "/directory": "?q=children+read",
    "/directory/found.csv": "?q=children+read",
    "/directory/found.jsonl": "?q=children+read",
    "/directory/found.xlsx": "?q=children+read",
    "/good-practice": "?q=children+read",
    "/needs-and-offers": "?kind=need",
}
"""Searches that match every row of a list, or every need: they run other statements with the same rows."""


@pytest.fixture(scope="module")
async def filled(database_server: Any) -> Any:
    """The app over a database with rows of every place, and their names."""
    copy = await copy_of_template(database_server)
    rows = await make_rows(copy)
    async with app_over(copy) as app:
        yield app, rows
    await drop(database_server, copy)


def expectation(path: str, who: Persona | None, rows: Rows) -> set[str]:
    """Return the rows that a persona should find in a list."""
    names = set(rows.names.values())
    if path in PUBLIC:
        return public(who, names)
    if who is None:
        return set()
    if path in FIRST_PAGES:
        return first_page(who, names)
    return EXACTLY[path](who, names) if path in EXACTLY else set()


@pytest.mark.parametrize(
    "who", READERS, ids=lambda who: f"{who.name} {who.authority_id}" if who else "nobody"
)
async def test_every_list_shows_the_rows_that_were_agreed(filled: Any, who: Persona | None) -> None:
    """Every address without an id is read completely; one that is not in the rules shows no row."""
    app, rows = filled
    wrong, read = [], 0
    for route in lists_of(app):
        text = await everything_at(app, who, route.path)
        wanted = expectation(route.path, who, rows)
        if text is None:
            if wanted and route.path not in FIRST_PAGES:
                wrong.append(f"{route.path} is refused, and should show {sorted(wanted)}")
            continue
        read += 1
        seen = rows.shown_in(text)
        missing = set() if route.path in FIRST_PAGES else wanted - seen
        if seen - wanted or missing:
            wrong.append(f"{route.path}: too much {sorted(seen - wanted)}, missing {sorted(missing)}")
    assert read >= 5
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", SEARCHES)
async def test_a_search_shows_no_other_rows_than_the_list(filled: Any, path: str) -> None:
    """The search matches all rows, so a search without its scope would show too many."""
    app, rows = filled
    for who in READERS:
        text = await everything_at(app, who, path + SEARCHES[path], path)
        wanted = expectation(path, who, rows)
        if "kind=need" in SEARCHES[path]:
            wanted = {one for one in wanted if one.startswith("need-")}
        seen = rows.shown_in(text) if text is not None else set()
        assert seen == wanted if text is not None else not wanted, (path, who and who.name)


async def test_the_tracker_and_its_exports_list_the_schools_of_the_consortium(filled: Any) -> None:
    """Sorted by URN; for the core team all schools."""
    app, _ = filled
    for who in (one for one in READERS if one):
        members = {urn for urn, consortium in MEMBERS.items() if consortium == who.consortium_id}
        expected = members or (
            set(SCHOOLS) if who.role.value in ("core_officer", "head_of_service") else set()
        )
        for path in ("/consortium", "/consortium/tracker.csv", "/consortium/tracker.xlsx"):
            text = await everything_at(app, who, path)
            table = text
            if text and path == "/consortium":
                table = "".join(one.partition("</main>")[0] for one in text.split('id="tracker"')[1:])
            seen = {urn for urn in SCHOOLS if table and str(urn) in table}
            assert seen == expected, (path, who.name, who.authority_id)


async def test_people_are_listed_as_far_as_somebody_answers_for_them(filled: Any) -> None:
    """Heads: their own school's; leaders: their consortium's and its schools'; core team and administrators: all."""
    app, _ = filled
    for who in (one for one in READERS if one and one.role.value != "delegate"):
        everybody = [one for one in (*PERSONAS, *TWINS) if one.authority_id == who.authority_id]
        text = await everything_at(app, who, "/people") or ""
        seen = {one.name for one in (*PERSONAS, *TWINS) if email_of(one) in text}
        assert seen == {one.name for one in everybody if answers_for(who, one)}, who.name
        other = SOUTHSHIRE if who.authority_id == NORTHSHIRE else NORTHSHIRE
        assert f"@{other}.example" not in text


def email_of(one: Persona) -> str:
    """Return the email address of a persona."""
    return f"{one.name.lower().replace(' ', '.')}@{one.authority_id}.example"


def answers_for(who: Persona, one: Persona) -> bool:
    """Return whether a persona may see another's role."""
    if who.role.value in (*GOVERNORS, *BOARD):
        return False
    if who.school_urn is not None:
        return one.school_urn == who.school_urn
    if who.consortium_id is None:
        return True
    return one.consortium_id == who.consortium_id or MEMBERS.get(one.school_urn or 0) == who.consortium_id


async def test_the_counts_of_entries_count_those_that_are_listed(filled: Any) -> None:
    """“All” is the number of entries of the schools the persona is responsible for."""
    app, rows = filled
    client = Client(app)
    for who in (one for one in READERS if one and looked_after(one)):
        text = (await client.get("/directory/entries", as_=who)).text
        found = re.search(r"All \((\d+)\)", text)
        own = {
            name
            for name in rows.names.values()
            if name.startswith("entry-") and EXACTLY["/directory/entries"](who, [name])
        }
        waiting = {one for one in own if not (set(one.split("-")) & looked_after(who))}
        assert found and int(found[1]) == len(own - waiting), who.name


def test_every_consortium_is_led_by_somebody_who_reads() -> None:
    """The control: a consortium without a reader would prove nothing."""
    assert {one.consortium_id for one in PERSONAS if one.consortium_id} == set(CONSORTIA)
