"""The list of schools and the page of a school."""

import pytest

from alongside.features.schools.actions import take_over_register
from alongside.platform.access.principal import system
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy, open_database
from tests.features.schools.extract import SCHOOL, read_text, register_text, school
from tests.features.schools.test_import_register import TODAY
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, OFFICER, SCHOOLS, TWIN_OFFICER

REGISTERED = [school(urn, name) for urn, name in SCHOOLS.items()]
MANY = [school(990300 + number, f"Canal {number:02d} School", Town="Leigh") for number in range(30)]


WEIR = school(990101, "Weir Primary School", Postcode="ZE1 0OO", SchoolWebsite="www.weir.example")
CAFE = school(990102, "St Teilo’s <b>Café</b> School", Phase="Secondary", NumberOfPupils="")
CLOSED = school(
    990101, "Weir Primary School", Status="Closed", CloseDate="31-08-2026", Links="990201 Successor"
)
ACADEMY = school(990201, "Weir Academy", Type="Academy converter", Links="990101 Predecessor")


@pytest.fixture(scope="module")
async def client(
    module_database: DatabaseCopy, module_client: Client, tmp_path_factory: pytest.TempPathFactory
) -> Client:
    """Northshire with thirty schools more, one of them closed, and one that became an academy."""
    database = open_database(module_database)
    closed = WEIR | {key: cell for key, cell in CLOSED.items() if cell != SCHOOL.get(key)}
    for some in ([WEIR], [closed, ACADEMY]):
        async with database.transaction(NORTHSHIRE) as session:
            found = read_text(
                tmp_path_factory.mktemp("register"), register_text(*REGISTERED, *MANY, CAFE, *some)
            )
            await take_over_register(session, system(NORTHSHIRE, TODAY), found)
    await database.close()
    return module_client


async def names(client: Client, path: str) -> list[str]:
    page = await client.get(path, as_=HEAD_OF_MILL)
    assert page.status_code == 200
    return [link.get_text() for link in soup(page).select("tbody th a")]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=weir", ["Weir Academy"]),
        ("q=weir&status=any", ["Weir Academy", "Weir Primary School"]),
        ("q=weir&status=closed", ["Weir Primary School"]),
        ("q=990102", ["St Teilo’s <b>Café</b> School"]),
        ("q=st+teilos+%3Cb%3Ecafe", ["St Teilo’s <b>Café</b> School"]),
        ("q=ze1+0oo&status=any", ["Weir Primary School"]),
        ("phase=secondary", ["St Teilo’s <b>Café</b> School"]),
        ("q=%25", []),
        ("q=nowhere", []),
    ],
)
async def test_schools_are_found_by_name_urn_postcode_phase_and_status(
    client: Client, question: str, found: list[str]
) -> None:
    assert await names(client, f"/schools?{question}") == found


async def test_the_list_is_paged_and_keeps_its_filters(client: Client) -> None:
    first = await client.get("/schools?q=canal", as_=HEAD_OF_MILL)
    assert "1 to 25 of 30" in words(first)
    (following,) = [link["href"] for link in soup(first).select("a[rel=next]")]
    assert await names(client, str(following)) == [f"Canal {number:02d} School" for number in range(25, 30)]
    for odd in ("page=0", "page=-1", "page=x", "page=99999", "page=9999999999999"):
        assert (await client.get(f"/schools?q=canal&{odd}", as_=HEAD_OF_MILL)).status_code == 200


async def test_htmx_gets_the_list_alone(client: Client) -> None:
    part = await client.get("/schools?q=weir", as_=HEAD_OF_MILL, hx_request="true")
    assert "<html" not in part.text
    assert "Weir Academy" in part.text


async def test_a_filter_that_is_no_filter_says_so(client: Client) -> None:
    answer = await client.get("/schools?phase=bogus", as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    assert "Choose a phase from the list" in words(answer)


async def test_a_school_shows_what_is_known_since_when_and_what_came_after(client: Client) -> None:
    page = await client.get("/schools/990101", as_=OFFICER)
    read = words(page)
    assert "Weir Primary School" in read
    assert "197, at the census of 16 January 2025" in read
    assert "Carried on as: Weir Academy (URN 990201)" in read
    assert "Status: Open → Closed" in read
    assert "Closed (carried on as 990201)" in read
    assert "as at 1 September 2025" in read
    assert soup(page).select_one("a[href='http://www.weir.example']") is not None
    assert "Came from: Weir Primary School" in words(await client.get("/schools/990201", as_=OFFICER))


async def test_what_is_not_known_says_so_and_names_are_only_text(client: Client) -> None:
    page = await client.get("/schools/990102", as_=OFFICER)
    assert "Number of pupils Not in the register" in words(page)
    assert soup(page).select_one("main b") is None


async def test_the_twin_sees_neither_the_school_nor_that_it_is_there(client: Client) -> None:
    there = await client.get("/schools/990101", as_=TWIN_OFFICER)
    nowhere = await client.get("/schools/999999", as_=TWIN_OFFICER)
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert "Weir" not in words(await client.get("/schools?status=any", as_=TWIN_OFFICER))


@pytest.mark.parametrize("urn", ["0", "99999999999", "9999999999999999999999", "-5", "mill"])
async def test_a_number_that_is_no_urn_is_not_there(client: Client, urn: str) -> None:
    assert (await client.get(f"/schools/{urn}", as_=OFFICER)).status_code == 404


async def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    answer = await client.get(f"/schools/{MILL}", as_=None)
    assert answer.status_code in (303, 401)
