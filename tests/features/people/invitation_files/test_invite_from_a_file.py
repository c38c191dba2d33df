"""An administrator invites many people from a file: preview with the cells to correct, confirm, result."""

import csv
import io
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from alongside.features.people.invitation_files.checking import Register, check_rows, rows_of_file
from alongside.features.people.invitation_files.queries import KnownAddress
from alongside.features.people.models import MOST_BATCHES, MOST_IN_A_BATCH
from alongside.features.people.role_assignments import ConsortiumChoice, SchoolChoice
from alongside.platform.database.session import Database
from alongside.platform.web.spreadsheet import as_xlsx
from tests.client import Client, soup, words
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, LEAD_OF_NORTH, MILL, NORTH, NORTHSHIRE, PARK, Persona

HEADS = "school,name,email,role"
GOOD = (
    f"{MILL},Sam Stranger,sam@mill.example,Headteacher",
    "park primary school,Jo O’Neill,jo@park.example,Headteacher's delegate",
    "North,Ann-Marie de la Cruz,ann@north.example,consortium lead",
    ",Zoë Ångström,zoe@council.example,Core team officer",
)
REGISTER = Register.of(
    [SchoolChoice(MILL, "Mill Primary School"), SchoolChoice(PARK, "St Mary’s"), SchoolChoice(3, "St Marys")],
    [ConsortiumChoice(NORTH, "North")],
    [KnownAddress("known@mill.example", "headteacher", str(MILL))],
)


def file_of(*lines: str) -> bytes:
    """Return a CSV file with the headings."""
    return "\n".join((HEADS, *lines)).encode()


async def upload(
    client: Client, body: bytes, name: str = "people.csv", as_: Persona = ADMINISTRATOR
) -> httpx.Response:
    """Upload a file for a preview."""
    return await client.http.post(
        "/people/invitation-files",
        data={"csrf_token": client.token_of(as_), "idempotency_key": uuid4().hex},
        files={"file": (name, body, "text/csv")},
        headers=client._headers(as_, {"sec-fetch-site": "same-origin"}),
    )


def previewed(answer: httpx.Response) -> str:
    """Return the rows that the preview would send."""
    found = soup(answer).select_one("textarea[name=rows]")
    return found.text.lstrip("\n") if found else ""


async def sent(database: Database) -> list[str]:
    """Return the addresses of all invitations."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return list((await session.scalars(text("SELECT email FROM invitation ORDER BY email"))).all())


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("990001,Sam,sam@mill,Headteacher", "email", "not an email address"),
        ("990001,Sam,sam\u200b@mill.example,Headteacher", "email", "not an email address"),
        ("990001,Sam,,Headteacher", "email", "missing"),
        ("990001,www.example.com,sam@mill.example,Headteacher", "name", "not a name"),
        ("990001,https://x.example,sam@mill.example,Headteacher", "name", "not a name"),
        ("990001,Sa\u200bm,sam@mill.example,Headteacher", "name", "not a name"),
        ("990001,<b>Sam</b>,sam@mill.example,Headteacher", "name", "not a name"),
        ("990001,,sam@mill.example,Headteacher", "name", "missing"),
        ("123456,Sam,sam@mill.example,Headteacher", "school", "No open school has this URN"),
        ("Nowhere,Sam,sam@mill.example,Headteacher", "school", "No open school has this name"),
        ("St Mary's,Sam,sam@mill.example,Headteacher", "school", "2 schools have this name"),
        (",Sam,sam@mill.example,Headteacher", "school", "The school is missing"),
        ("990001,Sam,sam@mill.example,Core team officer", "school", "has no school"),
        ("East,Sam,sam@mill.example,Consortium lead", "school", "no such consortium"),
        ("990001,Sam,sam@mill.example,Governor", "role", "no such role"),
        ("990001,Sam,sam@mill.example,Alongside", "role", "no such role"),
        ("990001,Sam,KNOWN@mill.example,Headteacher", "email", "has the role, or was invited"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_reason_and_cure(line: str, column: str, reason: str) -> None:
    (row,) = check_rows(rows_of_file("people.csv", file_of("", line)), REGISTER)
    (problem,) = row.problems
    assert (row.line, problem.column) == (3, column)
    assert reason in problem.reason and problem.cure and row.invitee is None


def test_each_address_is_invited_once() -> None:
    """The second line with the same address names the first."""
    again = f"{MILL},Sam Stranger,SAM@mill.example,Headteacher’s delegate"
    first, second = check_rows(rows_of_file("a.csv", file_of(GOOD[0], again)), REGISTER)
    assert first.invitee is not None and second.invitee is None
    assert second.problems[0].reason == "Line 2 has the same address"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"name,email\nSam,sam@mill.example", "no column called school or role"),
        (HEADS.encode(), "no row"),
        (
            file_of(*(f"{MILL},Sam,s{n}@mill.example,Headteacher" for n in range(MOST_IN_A_BATCH + 1))),
            "in parts",
        ),
        (file_of(f'{MILL},"Sam,sam@mill.example,Headteacher'), "Correct its quotation marks"),
        (file_of(f"{MILL},Sam,Stranger,sam@mill.example,Headteacher"), "more cells than there are headings"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "must be a CSV or XLSX"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rows_of_file("people.csv", body)


def test_a_workbook_is_read_like_a_csv_file() -> None:
    rows = [[MILL, "Sam Stranger", "sam@mill.example", "Headteacher"]]
    (row,) = check_rows(
        rows_of_file("a.xlsx", as_xlsx("People", ("URN", "Full name", "Email", "Role"), rows)), REGISTER
    )
    assert row.line == 2 and row.invitee is not None and row.invitee.school_urn == MILL


async def test_people_are_invited_after_a_preview_and_a_confirmation(
    client: Client, database: Database
) -> None:
    page = words(await client.get("/people/invitation-files/new", as_=ADMINISTRATOR))
    assert "Download an example file" in page
    example = (await client.get("/people/invitation-files/example.csv", as_=ADMINISTRATOR)).content
    assert rows_of_file("example.csv", example)
    preview = await upload(client, file_of(*GOOD, f"{MILL},Wrong,wrong,Headteacher"))
    assert preview.status_code == 200
    assert "4 people can be invited, 1 line needs a correction" in words(preview)
    assert "This is not an email address" in words(preview) and await sent(database) == []
    answer = await client.post(
        "/people/invitation-files/sent", {"rows": previewed(preview)}, as_=ADMINISTRATOR
    )
    assert answer.status_code == 303
    assert await sent(database) == [
        "ann@north.example",
        "jo@park.example",
        "sam@mill.example",
        "zoe@council.example",
    ]
    batch = answer.headers["location"]
    assert "Waiting to be sent" in words(await client.get(batch, as_=ADMINISTRATOR))
    table = (await client.get(f"{batch}/result.csv", as_=ADMINISTRATOR)).content.decode("utf-8-sig")
    found = {row["email"]: row for row in csv.DictReader(io.StringIO(table))}
    assert found["jo@park.example"]["role"] == "Headteacher’s delegate"
    assert found["jo@park.example"]["school"] == "Park Primary School"
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        sql = "SELECT body FROM email_outbox WHERE to_address = 'sam@mill.example'"
        (body,) = (await session.scalars(text(sql))).all()
    assert "Dear Sam Stranger" in body and "Headteacher, Mill Primary School" in body
    token = body.partition("/invitations/")[2].split()[0]
    assert "Headteacher, Mill Primary School" in words(await client.get(f"/invitations/{token}"))
    again = await client.post(
        "/people/invitation-files/sent", {"rows": previewed(preview)}, as_=ADMINISTRATOR
    )
    assert again.status_code == 422 and "Look at the lines again" in words(again)
    assert len(await sent(database)) == 4
    broken = await client.post("/people/invitation-files/sent", {"rows": "nonsense"}, as_=ADMINISTRATOR)
    assert broken.status_code == 422
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH):
        assert (await upload(client, file_of(*GOOD), as_=one)).status_code == 404
        assert (await client.get(batch, as_=one)).status_code == 404
    assert (await client.get(f"/people/invitation-files/{UUID(int=1)}", as_=ADMINISTRATOR)).status_code == 404


async def test_more_people_than_in_an_hour_are_invited_together_but_not_too_often(
    client: Client, database: Database
) -> None:
    """The limit of an hour is for single invitations; files have limits of their own."""
    for number in range(MOST_BATCHES + 1):
        people = (
            f"{MILL},Sam,s{n}@file{number}.example,Headteacher" for n in range(70 if number == 0 else 1)
        )
        rows = "\n".join((HEADS, *people))
        answer = await client.post("/people/invitation-files/sent", {"rows": rows}, as_=ADMINISTRATOR)
        assert answer.status_code == (303 if number < MOST_BATCHES else 429), number
    assert len(await sent(database)) == 70 + MOST_BATCHES - 1
    single = {
        "name": "Sam Single",
        "email": "single@mill.example",
        "role": "headteacher",
        "school": str(MILL),
    }
    assert (await client.post("/people/invitations", single, as_=ADMINISTRATOR)).status_code == 303
