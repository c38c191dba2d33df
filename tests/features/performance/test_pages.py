"""The core team imports a table on pages; a school's figures are read by those who may."""

import csv
import io
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import insert

from alongside.features.interests.models import DeclarationOfInterest
from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy, open_database
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    TWIN_OFFICER,
    Persona,
)

FILES = Path(__file__).parent / "files"
KS2 = "2024-2025_901_ks2final.csv"
NEW = "/performance/imports/new"


@pytest.fixture(autouse=True)
async def _empty(module_database: DatabaseCopy) -> None:
    """Each test begins without imports; the database and the app are shared, because a new app takes a second."""
    connection = await asyncpg.connect(module_database.superuser_url)
    try:
        await connection.execute(
            "TRUNCATE performance_import, performance_upload, performance_column, declared_interest CASCADE"
        )
    finally:
        await connection.close()


async def upload(
    client: Client, name: str, body: bytes | None = None, by: Persona = OFFICER, **form: str
) -> httpx.Response:
    """Upload a file to import."""
    content = (FILES / name).read_bytes() if body is None else body
    return await client.http.post(
        NEW,
        data={"csrf_token": client.token_of(by), "idempotency_key": uuid4().hex, **form},
        files={"file": (name, content, "text/csv")},
        headers=client._headers(by, {"sec-fetch-site": "same-origin"}),
    )


async def imported(client: Client, name: str, body: bytes | None = None, **form: str) -> httpx.Response:
    """Upload a file and confirm its preview; returns the page of the import."""
    sent = await upload(client, name, body, OFFICER, **form)
    assert sent.status_code == 303, words(sent)
    preview = await client.get(sent.headers["location"], as_=OFFICER)
    digest = attribute(element(soup(preview), "main input[name=digest]"), "value")
    done = await client.post(f"{sent.headers['location']}/confirmation", {"digest": digest}, as_=OFFICER)
    assert done.status_code == 303, words(done)
    return await client.get(done.headers["location"], as_=OFFICER)


async def test_an_officer_sees_what_would_change_imports_it_and_finds_it_in_the_list(
    module_client: Client,
) -> None:
    assert "No tables have been imported" in words(
        await module_client.get("/performance/imports", as_=OFFICER)
    )
    body = (FILES / KS2).read_bytes() + b"1,901,2009,,No URN,30,1%,1%,1%,1%,1%,1%,1%,1%,1%,1,1,1,,,\n"
    sent = await upload(module_client, KS2, body, source="Compare school performance")
    preview = await module_client.get(sent.headers["location"], as_=OFFICER)
    assert "Key stage 2 results, 2024-25, final" in words(preview)
    assert "New figures 48" in words(preview)
    assert "Line 10, URN: has no URN; add it" in words(preview)
    nothing = await module_client.get(f"/schools/{MILL}/figures", as_=HEAD_OF_MILL)
    assert "No figures yet" in words(nothing), "a preview stores no figure"
    page = await imported(module_client, KS2, body, source="Compare school performance")
    assert "Key stage 2 results, 2024-25" in words(page)
    assert "Compare school performance" in words(page)
    assert "10 URN has no URN; add it" in words(page)
    listed = words(await module_client.get("/performance/imports", as_=OFFICER))
    assert "Key stage 2 results" in listed
    assert "Ola Officer" in listed


async def test_only_the_core_team_imports(module_client: Client) -> None:
    sent = await upload(module_client, KS2)
    where = sent.headers["location"]
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, ADMINISTRATOR):
        assert (await module_client.get("/performance/imports", as_=one)).status_code == 404
        assert (await upload(module_client, KS2, by=one)).status_code == 404
        assert (await module_client.get(where, as_=one)).status_code == 404
        assert (await module_client.post(f"{where}/confirmation", {"digest": ""}, as_=one)).status_code == 404
    assert (await module_client.get(where, as_=TWIN_OFFICER)).status_code == 404


async def test_a_file_that_is_no_table_is_refused_with_what_was_typed(module_client: Client) -> None:
    answer = await upload(module_client, "notes.csv", b"Name,Date\nA,B\n", source="My own list")
    assert answer.status_code == 422
    assert "notes.csv is not a table that Alongside knows" in words(answer)
    assert "My own list" in answer.text
    answer = await upload(module_client, KS2, academic_year="2023-24")
    assert answer.status_code == 422
    assert "is of 2024-25, not of 2023-24" in words(answer)
    assert (await upload(module_client, "empty.csv", b"")).status_code == 422


async def test_a_preview_that_is_out_of_date_is_refused_and_a_discarded_one_is_gone(
    module_client: Client,
) -> None:
    first = (await upload(module_client, KS2)).headers["location"]
    preview = await module_client.get(first, as_=OFFICER)
    digest = attribute(element(soup(preview), "main input[name=digest]"), "value")
    await imported(module_client, KS2)
    late = await module_client.post(f"{first}/confirmation", {"digest": digest}, as_=OFFICER)
    assert late.status_code == 409
    assert "changed by another import meanwhile" in words(late)
    assert "Everything in this file is stored already" in words(await module_client.get(first, as_=OFFICER))
    assert (await module_client.post(f"{first}/discard", {}, as_=OFFICER)).status_code == 303
    assert "imported or discarded already" in words(await module_client.get(first, as_=OFFICER))
    again = await module_client.post(f"{first}/confirmation", {"digest": digest}, as_=OFFICER)
    assert again.status_code == 409


async def test_a_later_release_shows_what_it_changes(module_client: Client) -> None:
    heading = "RECTYPE,LEA,URN,TELIG,PTRWM_EXP\n"
    await imported(module_client, "ks2provisional_2024-25.csv", f"{heading}1,901,{MILL},30,60%\n".encode())
    page = words(await module_client.get(f"/schools/{MILL}/figures", as_=HEAD_OF_MILL))
    assert "60% Provisional" in page
    sent = await upload(module_client, "ks2final_2024-25.csv", f"{heading}1,901,{MILL},30,63%\n".encode())
    preview = words(await module_client.get(sent.headers["location"], as_=OFFICER))
    assert f"{MILL} Reading, writing and maths: expected standard 2024-25 60% 63%" in preview


async def test_a_schools_page_shows_its_figures_marks_comparisons_and_inspections(
    module_client: Client,
) -> None:
    await imported(module_client, KS2)
    await imported(module_client, "england_census_2024-25.csv", release="final")
    await imported(module_client, "report_cards_2026-03.csv")
    mill = words(await module_client.get(f"/schools/{MILL}/figures", as_=HEAD_OF_MILL))
    assert "Reading, writing and maths: expected standard 63% 62% in 2024-25" in mill
    assert "Pupils eligible for free school meals in the last six years 44.1% 26.3% in 2024-25" in mill
    assert "Girls 41.8% 49.1% in 2024-25" in mill
    assert "18 November 2025 Inclusion Strong standard Report card (from November 2025)" in mill
    park = words(await module_client.get(f"/schools/{PARK}/figures", as_=DELEGATE_OF_MILL))
    assert "Suppressed" not in park, "another school's delegate finds nothing"
    assert "expected standard Suppressed 62% in 2024-25" in words(
        await module_client.get(f"/schools/{PARK}/figures", as_=HEAD_OF_PARK)
    )
    assert "Figures and inspections" in words(await module_client.get(f"/schools/{MILL}", as_=HEAD_OF_MILL))
    assert "Figures and inspections" not in words(
        await module_client.get(f"/schools/{PARK}", as_=HEAD_OF_MILL)
    )


async def test_figures_are_read_and_exported_by_those_who_may_only(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    await imported(module_client, KS2)
    readers = {
        (MILL, HEAD_OF_MILL): 200,
        (MILL, HEAD_OF_PARK): 404,
        (MILL, HEAD_OF_FORD): 404,
        (MILL, LEAD_OF_NORTH): 200,
        (MILL, LEAD_OF_SOUTH): 404,
        (MILL, ADMINISTRATOR): 404,
        (QUAY, OFFICER): 200,
    }
    for (urn, one), status in readers.items():
        for path in (f"/schools/{urn}/figures", f"/schools/{urn}/figures.csv"):
            assert (await module_client.get(path, as_=one)).status_code == status, (path, one.name)
    database = open_database(module_database)
    async with database.transaction(NORTHSHIRE) as session:
        declared = {
            "authority_id": NORTHSHIRE,
            "person_id": LEAD_OF_NORTH.person_id,
            "other_urn": MILL,
            "kind": "family",
        }
        await session.execute(insert(DeclarationOfInterest), [declared])
    await database.close()
    assert (await module_client.get(f"/schools/{MILL}/figures", as_=LEAD_OF_NORTH)).status_code == 404


async def test_the_export_leaves_out_figures_about_fewer_than_six_pupils_for_a_lead(
    module_client: Client,
) -> None:
    await imported(module_client, KS2)

    async def exported(one: Persona) -> list[dict[str, str]]:
        answer = await module_client.get(f"/schools/{PARK}/figures.csv", as_=one)
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    head = await exported(HEAD_OF_PARK)
    assert {(row["key"], row["status"], row["value"]) for row in head} >= {("ks2_expected", "Suppressed", "")}
    assert len(head) == 12
    assert await exported(LEAD_OF_NORTH) == []
    assert await exported(OFFICER) == head


async def test_the_columns_of_a_spreadsheet_are_mapped_once_and_remembered(module_client: Client) -> None:
    first = f"School,URN,GLD,Notes\nMill,{MILL},0.66,x\nPark,{PARK},-,x\nGone,123456,0.5,x\n".encode()
    sent = await upload(module_client, "early years.csv", first)
    where = sent.headers["location"]
    assert where.endswith("/columns")
    page = await module_client.get(where, as_=OFFICER)
    assert "“GLD” holds" in words(page)
    chosen = {"spreadsheet": "Early years", "academic_year": "2024-25", "column_1": "urn"}
    refused = await module_client.post(where, chosen, as_=OFFICER)
    assert refused.status_code == 422
    assert "Select a measure for at least one column" in words(refused)
    assert "Early years" in refused.text
    mapped = await module_client.post(where, chosen | {"column_2": "good_level_of_development"}, as_=OFFICER)
    preview = await module_client.get(mapped.headers["location"], as_=OFFICER)
    assert "The authority’s own spreadsheet, 2024-25, final" in words(preview)
    assert "New figures 2" in words(preview)
    assert "Line 4, URN: URN 123456 is not in your register" in words(preview)
    again = f"URN,GLD,School\n{MILL},71%,Mill\n".encode()
    page = await imported(module_client, "early years next.csv", again, academic_year="2025-26")
    assert "The authority’s own spreadsheet, 2025-26" in words(page)
    mill = words(await module_client.get(f"/schools/{MILL}/figures", as_=HEAD_OF_MILL))
    assert "Children with a good level of development 71%" in mill
