"""Profiles over HTTP: the core team calculates and shares, a head reads, comments and disputes, others see nothing."""

import csv
import io
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.features.profiles.stored import YEAR, calculated, store_figures, usual_figures
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SCHOOLS,
    Persona,
)

Profiles = dict[int, UUID]


@pytest.fixture(scope="module")
async def profiles(module_database: DatabaseCopy) -> Profiles:
    """Calculated profiles of all schools of the tests."""
    database = open_database(module_database)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await store_figures(session, usual_figures())
        return await calculated(database)
    finally:
        await database.close()


async def _share(client: Client, profile_id: UUID) -> None:
    await client.post(f"/profiles/{profile_id}/sharing", {}, as_=OFFICER)


async def _status(client: Client, path: str, one: Persona) -> int:
    return (await client.get(path, as_=one)).status_code


async def test_a_profile_goes_from_calculated_to_final(module_client: Client, profiles: Profiles) -> None:
    """Nobody but the core team reads it before it is shared; then the school comments, and the discussion is recorded."""
    page = f"/profiles/{profiles[MILL]}"
    again = await module_client.post("/profiles/calculation", {"year": YEAR, "phase": "primary"}, as_=OFFICER)
    assert "Nothing has changed" in words(
        await module_client.get(again.headers["location"], as_=OFFICER)
    ) or (again.status_code == 303)
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH):
        assert await _status(module_client, page, one) == 404
    await _share(module_client, profiles[MILL])
    read = words(await module_client.get(page, as_=HEAD_OF_MILL))
    assert "The school has not commented" in read
    assert "Key measures" in read
    assert await _status(module_client, page, DELEGATE_OF_MILL) == 200
    assert await _status(module_client, page, LEAD_OF_NORTH) == 200
    for one in (HEAD_OF_PARK, LEAD_OF_SOUTH, ADMINISTRATOR):
        assert await _status(module_client, page, one) in (403, 404)

    said = "Two pupils joined in May."
    assert (await module_client.post(f"{page}/comments", {"body": said}, as_=HEAD_OF_MILL)).status_code == 303
    wrong = await module_client.post(f"{page}/comments", {"body": " "}, as_=HEAD_OF_MILL)
    assert wrong.status_code == 422
    assert "Enter a comment" in words(wrong)
    for one in (DELEGATE_OF_MILL, LEAD_OF_NORTH, OFFICER):
        assert (await module_client.post(f"{page}/comments", {"body": "x"}, as_=one)).status_code in (
            403,
            404,
        )

    disputed = {"measure": "ks2_expected", "reason": "It was 66%."}
    assert (await module_client.post(f"{page}/disputes", disputed, as_=HEAD_OF_MILL)).status_code == 303
    shown = await module_client.get(page, as_=OFFICER)
    assert said in words(shown)
    assert "It was 66%." in words(shown)
    answer = next(
        part.split('"')[0] for part in shown.text.split('href="') if part.startswith(f"{page}/disputes/")
    )
    sent = await module_client.post(answer, {"answer": "The DfE published 60%."}, as_=OFFICER)
    assert sent.status_code == 303
    assert "The DfE published 60%." in words(await module_client.get(page, as_=HEAD_OF_MILL))

    silence = await module_client.post(f"{page}/silence", {}, as_=OFFICER)
    assert silence.status_code == 409
    talked = {
        "discussed_on": APP_DAY.isoformat(),
        "discussed_with": "Mina Mill and the chair",
        "agreed_points": "Look at reading",
    }
    assert (await module_client.post(f"{page}/discussion", talked, as_=OFFICER)).status_code == 303
    assert (await module_client.post(f"{page}/final", {}, as_=OFFICER)).status_code == 409
    other = {"direction": "deteriorating", "reason": ""}
    assert (await module_client.post(f"{page}/direction", other, as_=OFFICER)).status_code == 422
    other["reason"] = "Two heads in a year"
    assert (await module_client.post(f"{page}/direction", other, as_=OFFICER)).status_code == 303
    assert (await module_client.post(f"{page}/final", {}, as_=OFFICER)).status_code == 303
    assert "Two heads in a year" in words(await module_client.get(page, as_=HEAD_OF_MILL))


async def test_a_school_is_invited_twice_at_most(module_client: Client, profiles: Profiles) -> None:
    """A third invitation is refused, and silence counts only once the last day has passed."""
    page = f"/profiles/{profiles[QUAY]}"
    await _share(module_client, profiles[QUAY])
    past = {"message": "Shall we talk?", "answer_by": APP_DAY.isoformat()}
    assert (await module_client.post(f"{page}/invitations", past, as_=OFFICER)).status_code == 422
    invited = past | {"answer_by": APP_DAY.replace(year=APP_DAY.year + 1).isoformat()}
    statuses = [
        (await module_client.post(f"{page}/invitations", invited, as_=OFFICER)).status_code for _ in range(3)
    ]
    assert statuses == [303, 303, 409]
    refused = await module_client.post(f"{page}/silence", {}, as_=OFFICER)
    assert "can answer until" in words(refused)


async def test_no_list_and_no_export_shows_the_school_of_somebody_else(
    module_client: Client, profiles: Profiles
) -> None:
    """Whatever the filters, a head finds the own school only, and the comment of the school is in every copy."""
    for urn in (MILL, PARK, LOCK):
        await _share(module_client, profiles[urn])
    for path in (
        "/profiles",
        "/profiles?state=&name=&phase=",
        f"/profiles?year={YEAR}&name=park",
        "/profiles/profiles.csv",
    ):
        found = (await module_client.get(path, as_=HEAD_OF_PARK)).text
        others = [name for urn, name in SCHOOLS.items() if urn != PARK and name in found]
        assert not others, path
    rows = list(
        csv.reader(
            io.StringIO(
                (await module_client.get("/profiles/profiles.csv", as_=OFFICER)).text.lstrip("\ufeff")
            )
        )
    )
    assert {row[0] for row in rows[1:]} == set(SCHOOLS.values())
    mill = [row for row in rows if row[0] == SCHOOLS[MILL]]
    assert mill
    assert {row[-1] for row in mill} <= {"Two pupils joined in May.", ""}
    north = {
        row[0]
        for row in csv.reader(
            io.StringIO((await module_client.get("/profiles/profiles.csv", as_=LEAD_OF_NORTH)).text)
        )
        if len(row) > 1
    }
    assert north - {SCHOOLS[MILL], SCHOOLS[PARK]} <= {"\ufeffSchool"}
    book = await module_client.get("/profiles/profiles.xlsx", as_=HEAD_OF_PARK)
    assert book.status_code == 200


async def test_the_pdf_has_two_pages_at_most_and_the_comment(
    module_client: Client, profiles: Profiles
) -> None:
    """The PDF of a whole profile fits on two pages and prints what the school says."""
    await _share(module_client, profiles[PARK])
    said = "We disagree with the comparison."
    await module_client.post(f"/profiles/{profiles[PARK]}/comments", {"body": said}, as_=HEAD_OF_PARK)
    made = await module_client.get(f"/profiles/{profiles[PARK]}/profile.pdf", as_=LEAD_OF_NORTH)
    assert made.status_code == 200
    reader = PdfReader(io.BytesIO(made.content))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert len(reader.pages) <= 2
    assert said in text
    assert SCHOOLS[PARK] in text


async def test_similar_schools_show_no_figures_of_others(module_client: Client, profiles: Profiles) -> None:
    """A head reads the names, the distance and what they do better, with a link to ask; their figures are not there."""
    await _share(module_client, profiles[MILL])
    page = await module_client.get(f"/profiles/{profiles[MILL]}", as_=HEAD_OF_MILL)
    section = page.text.split('id="similar"')[1].split("</table>")[0]
    assert SCHOOLS[PARK] in section
    assert f"/directory/schools/{PARK}/visit-requests/new" in section
    assert "%" not in section


async def test_a_method_is_written_checked_and_put_in_force(
    module_client: Client, profiles: Profiles
) -> None:
    """A fault gets its sentence and keeps the text; a version in force has no button to change it."""
    assert profiles
    listed = await module_client.get("/profile-methods", as_=HEAD_OF_MILL)
    current = next(
        part.split('"')[0] for part in listed.text.split('href="') if part.startswith("/profile-methods/")
    )
    shown = await module_client.get(current, as_=OFFICER)
    content = shown.text.split("<pre")[1].split(">", 1)[1].split("</pre>")[0].replace("&#34;", '"')
    broken = content.replace('"ks2_expected"', '"shoe_size"')
    refused = await module_client.post("/profile-methods", {"content": broken}, as_=OFFICER)
    assert refused.status_code == 422
    assert "There is no measure shoe_size" in words(refused)
    assert "shoe_size" in refused.text.split("<textarea")[1]
    written = await module_client.post("/profile-methods", {"content": content}, as_=OFFICER)
    assert written.status_code == 303, words(written)
    draft = written.headers["location"]
    adopted = {"decision": "School Improvement Board, 3 March 2026, item 4"}
    assert (await module_client.post(f"{draft}/adoption", adopted, as_=OFFICER)).status_code == 303
    assert adopted["decision"] in words(await module_client.get(draft, as_=HEAD_OF_MILL))
    assert (await module_client.post(f"{draft}/adoption", adopted, as_=OFFICER)).status_code == 409
    assert (
        await module_client.post("/profile-methods", {"content": content}, as_=HEAD_OF_MILL)
    ).status_code in (403, 404)
