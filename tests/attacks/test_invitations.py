"""Invitations are limited in number, go to unambiguous addresses, and contain names without links."""

import asyncio
from collections import Counter

import asyncpg
import pytest

from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK


async def invite(
    client: Client, email: str, name: str = "Sam O’Neill-Smith", as_: object = HEAD_OF_MILL
) -> int:
    """Invite a delegate; returns the status."""
    answer = await client.post("/people/delegates", {"name": name, "email": email}, as_=as_)  # type: ignore[arg-type]
    return answer.status_code


async def emails(copy: DatabaseCopy) -> list[str]:
    """Return the addresses of the invitations."""
    connection = await asyncpg.connect(copy.superuser_url)
    found = await connection.fetch("SELECT to_address FROM email_outbox WHERE message_id LIKE 'invitation-%'")
    await connection.close()
    return [row["to_address"] for row in found]


async def test_forty_invitations_of_one_school_are_ten(client: Client, copy: DatabaseCopy) -> None:
    """The eleventh in a day is refused with the reason, and the form keeps its text, also when all come at once."""
    statuses = await asyncio.gather(*(invite(client, f"victim{n}@example.org") for n in range(40)))
    assert Counter(statuses)[303] == 10
    assert set(statuses) <= {303, 429, 503}
    assert len(await emails(copy)) == 10
    form = {"name": "Sam Smith", "email": "one.more@example.org"}
    refused = await client.post("/people/delegates", form, as_=HEAD_OF_MILL)
    assert refused.status_code == 429
    assert "Your school has sent 10 invitations" in words(refused)
    shown = {str(one["name"]): one.get_text(strip=True) for one in soup(refused).select("textarea[name]")}
    assert shown == form
    assert await invite(client, "colleague@example.org", as_=HEAD_OF_PARK) == 303


async def test_one_address_gets_five_emails_a_day(client: Client, copy: DatabaseCopy) -> None:
    """Anyone who sends it and however it is typed: capitals, another school, renewed, withdrawn and invited again."""
    for number in range(8):
        as_ = (HEAD_OF_MILL, HEAD_OF_PARK)[number % 2]
        await invite(client, "Victim@Example.org" if number % 3 else "victim@example.org", as_=as_)
        form = {
            "name": "Sam Smith",
            "email": "VICTIM@example.org",
            "role": "head_of_service",
            "school": "",
            "consortium": "",
        }
        await client.post("/people/invitations", form, as_=ADMINISTRATOR)
    assert len(await emails(copy)) == 5


async def test_one_invitation_is_sent_three_times(client: Client, copy: DatabaseCopy) -> None:
    """Thirty renewals send two more emails."""
    await invite(client, "sam@example.org")
    connection = await asyncpg.connect(copy.superuser_url)
    found = await connection.fetchval("SELECT id FROM invitation")
    await connection.close()
    statuses: Counter[int] = Counter()
    for _ in range(30):
        answer = await client.post(f"/people/delegates/invitations/{found}/renewal", as_=HEAD_OF_MILL)
        statuses[answer.status_code] += 1
    assert statuses == {303: 2, 429: 28}
    assert len(await emails(copy)) == 3


@pytest.mark.parametrize(
    "name",
    [
        "Win a prize at https://evil.example/x",
        "www evil example",
        "evil.example",
        "Sam <b>Smith</b>",
        "Sam\u202eSmith",
        "Sam\u200bSmith",
        "sam@example.org",
        "12345",
        "Sam\r\nBcc: a@b.example",
    ],
)
async def test_a_name_is_no_link_and_holds_nothing_invisible(
    client: Client, name: str, copy: DatabaseCopy
) -> None:
    """422 with what to do; nothing is sent."""
    assert await invite(client, "sam@example.org", name) == 422
    assert await emails(copy) == []


@pytest.mark.parametrize(
    "name",
    ["Zoë Ní Dhomhnaill", "Dr. J. R. Smith", "Anne-Marie O'Brien", "Łukasz Wiśniewski", "Li", "Smith, Jo"],
)
async def test_names_of_people_are_taken(client: Client, name: str) -> None:
    """Accents, hyphens, apostrophes and initials."""
    assert await invite(client, "sam@example.org", name) == 303


@pytest.mark.parametrize(
    "email",
    [
        "sam\u200b@example.org",
        "sam@exam\u00adple.org",
        "s\u0430m@example.org",
        "sam@ex\u00e4mple.org",
        "\u202esam@example.org",
        "sam\u2060@example.org",
        "a@b.c%0aBcc:x",
        "a@b.c,d@e.f",
        "<a@b.c>",
        '"a b"@c.d',
        "a@b",
        "a@-b.c",
        "a" * 65 + "@b.org",
        "a" * 250 + "@b.c",
        "sam@example..org",
    ],
)
async def test_an_address_is_as_it_looks(client: Client, email: str, copy: DatabaseCopy) -> None:
    """No invisible character, no look-alike letter, one address only."""
    assert await invite(client, email) == 422
    assert await emails(copy) == []


async def test_the_database_takes_no_such_address_either(copy: DatabaseCopy) -> None:
    """A constraint rejects what bypasses the form."""
    connection = await asyncpg.connect(copy.superuser_url)
    statement = (
        "INSERT INTO invitation (authority_id, token_hash, name, email, role, expires_at)"
        " VALUES (901, 'x', $1, $2, 'head_of_service', now())"
    )
    for name, email in (("Sam", "sam\u200b@example.org"), ("https://evil.example", "sam@example.org")):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(statement, name, email)
    await connection.close()
