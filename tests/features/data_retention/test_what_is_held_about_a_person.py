"""Subject access exports: complete, without secrets, requested with a reason, and audited."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Text

from alongside.features.data_retention.personal_data_map import about_people, given, unaccounted, words_of
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import owned_tables
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.isolation.sample_rows import value_of
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    NORTHSHIRE,
    OFFICER,
    SOUTHSHIRE,
    Persona,
)

ABOUT = HEAD_OF_MILL
REASON = {"about": str(ABOUT.person_id), "reason": "Request of 3 March, reference 17"}


@pytest.fixture
async def boss(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A superuser connection to the database."""
    connection = await asyncpg.connect(copy.superuser_url)
    yield connection
    await connection.close()


def test_every_column_is_derived_or_declared() -> None:
    """A new id without a key, or bytes of an unknown kind, fail here until somebody says what they are."""
    assert list(unaccounted()) == []


def test_tables_about_people_are_found() -> None:
    tables = {table.name: table for table in owned_tables(Base.metadata)}
    assert about_people(tables["person"]) == ["id"]
    assert about_people(tables["email_outbox"]) == ["person_id"]
    assert set(about_people(tables["invitation"])) == {"invited_by", "used_by"}
    assert "token_hash" not in given(tables["user_session"])
    assert "words" in words_of(tables["escalation_note"])


async def take(client: Client, one: Persona = ADMINISTRATOR, kind: str = "json") -> Any:
    """Ask and take a copy, as one of the cast."""
    asked = await client.post("/data-protection/requests", REASON, as_=one)
    assert asked.status_code == 303
    return await client.get(f"{asked.headers['location']}/copy.{kind}", as_=one)


async def seed(connection: asyncpg.Connection, authority_id: int) -> set[tuple[str, str]]:
    """A row in every table that refers to a person, in each column that does; which those are."""
    await connection.execute("SET session_replication_role = replica")
    for table in owned_tables(Base.metadata):
        for row in await connection.fetch(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass", table.name
        ):
            await connection.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT "{row["conname"]}"')
        await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    put = set()
    for table in owned_tables(Base.metadata):
        for column in about_people(table):
            if table.name == "person":
                continue
            made: dict[str, Any] = {}
            for one in table.columns:
                if one.computed is not None:
                    continue
                try:
                    kind = one.type.python_type
                except NotImplementedError:
                    kind = str
                made[one.name] = value_of(kind, authority_id, f"{table.name}.{column}")
            made |= {"authority_id": authority_id, column: ABOUT.person_id}
            marks = ", ".join(f"${n}" for n in range(1, len(made) + 1))
            names = ", ".join(f'"{name}"' for name in made)
            await connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", *made.values())
            put.add((table.name, column))
    return put


async def test_the_copy_has_every_row_that_refers_to_the_person_and_none_of_another_authority(
    client: Client, boss: asyncpg.Connection
) -> None:
    put = await seed(boss, NORTHSHIRE)
    await seed(boss, SOUTHSHIRE)
    answer = await take(client, HEAD_OF_SERVICE)
    assert answer.status_code == 200
    rows = json.loads(answer.text)["rows"]
    of = {
        (row["table"], column)
        for row in rows
        for column in row["values"]
        if row["values"][column] == str(ABOUT.person_id)
    }
    assert put <= of
    assert ("person", "id") in of
    assert str(SOUTHSHIRE) not in {row["values"].get("authority_id") for row in rows}
    assert f"CANARY-{SOUTHSHIRE}" not in answer.text
    assert "token_hash" not in answer.text


async def note(boss: asyncpg.Connection, words_of_it: str) -> None:
    """An officer's note in an escalation, past every trigger."""
    await boss.execute("SET session_replication_role = replica")
    await boss.execute(
        "INSERT INTO escalation_note (authority_id, escalation_id, weight, words, written_by)"
        " VALUES ($1, gen_random_uuid(), 'opinion', $2, $3)",
        NORTHSHIRE,
        words_of_it,
        OFFICER.person_id,
    )


async def test_what_others_wrote_of_them_is_in_it_and_marked(
    client: Client, boss: asyncpg.Connection
) -> None:
    assert isinstance(Base.metadata.tables["escalation_note"].c["words"].type, Text)
    await note(boss, f"I think that {ABOUT.name.upper()} listens too little")
    rows = json.loads((await take(client, HEAD_OF_SERVICE)).text)["rows"]
    [found] = [row for row in rows if row["table"] == "escalation_note"]
    assert "listens too little" in found["values"]["words"]
    assert "check before sharing" in found["because"]


async def test_who_asked_and_who_took_it_is_written_down(client: Client, boss: asyncpg.Connection) -> None:
    book = await take(client, kind="xlsx")
    assert book.status_code == 200
    assert book.content[:2] == b"PK"
    assert await boss.fetchval("SELECT why FROM subject_request") == REASON["reason"]
    said = await boss.fetch(
        "SELECT verb, person_name FROM audit_entry WHERE subject_kind = 'subject_request' ORDER BY id"
    )
    assert [(row["verb"], row["person_name"]) for row in said] == [
        ("ask_for_records", ADMINISTRATOR.name),
        ("take_copy", ADMINISTRATOR.name),
    ]


async def test_a_request_needs_a_person_and_a_reason(client: Client, boss: asyncpg.Connection) -> None:
    for wrong, sentence in (({"about": ""}, "Choose the person"), ({"reason": " "}, "Say why")):
        answer = await client.post("/data-protection/requests", REASON | wrong, as_=ADMINISTRATOR)
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert not await boss.fetchval("SELECT count(*) FROM subject_request")


async def test_a_copy_is_for_who_keeps_records_and_for_a_month(
    client: Client, boss: asyncpg.Connection
) -> None:
    asked = await client.post("/data-protection/requests", REASON, as_=ADMINISTRATOR)
    copy = f"{asked.headers['location']}/copy.json"
    for one in (HEAD_OF_MILL, OFFICER, ADMINISTRATOR.twin):
        assert (await client.get(copy, as_=one)).status_code == 404
    await boss.execute("UPDATE subject_request SET asked_at = now() - $1::interval", timedelta(days=31))
    assert (await client.get(copy, as_=ADMINISTRATOR)).status_code == 404


async def renamed(boss: asyncpg.Connection, name: str) -> None:
    await boss.execute(
        "UPDATE person SET name = $1 WHERE authority_id = $2 AND id = $3", name, NORTHSHIRE, ABOUT.person_id
    )


async def tables_in(client: Client, one: Persona) -> set[str]:
    """The tables of which a copy has rows."""
    return {row["table"] for row in json.loads((await take(client, one)).text)["rows"]}


async def test_words_of_escalations_in_which_a_name_stands_are_for_the_head_of_service_alone(
    client: Client, boss: asyncpg.Connection
) -> None:
    """Anyone who invites people chooses their names, and sees no escalation."""
    await note(boss, "It is said that the governors of Mill have lost trust")
    await renamed(boss, "the governors")
    assert "escalation_note" not in await tables_in(client, ADMINISTRATOR)
    assert "escalation_note" in await tables_in(client, HEAD_OF_SERVICE)
    asked = await client.post("/data-protection/requests", REASON, as_=ADMINISTRATOR)
    sentence = "Your export does not include escalations."
    assert sentence in words(await client.get(asked.headers["location"], as_=ADMINISTRATOR))
    assert sentence not in words(await client.get(asked.headers["location"], as_=HEAD_OF_SERVICE))


async def test_an_administrators_copy_about_an_officer_has_no_note_of_theirs(
    client: Client, boss: asyncpg.Connection
) -> None:
    """Their notes refer to the officer who wrote them, and are about others."""
    await note(boss, "It is said that the governors of Mill have lost trust")
    about = REASON | {"about": str(OFFICER.person_id)}
    for one, has_it in ((ADMINISTRATOR, False), (HEAD_OF_SERVICE, True)):
        asked = await client.post("/data-protection/requests", about, as_=one)
        copy = await client.get(f"{asked.headers['location']}/copy.json", as_=one)
        assert copy.status_code == 200
        assert ("escalation_note" in copy.text) is has_it, one
        assert OFFICER.name in copy.text


@pytest.mark.parametrize("name", ["e", "trust", "of M", "a b c"])
async def test_a_name_that_stands_everywhere_is_not_looked_for(
    name: str, client: Client, boss: asyncpg.Connection
) -> None:
    """What refers to the person is still in the copy, and the page says what is not."""
    await note(boss, f"The governors of Mill have lost trust: {name}")
    await renamed(boss, name)
    found = await tables_in(client, HEAD_OF_SERVICE)
    assert "person" in found
    assert "escalation_note" not in found
    asked = await client.post("/data-protection/requests", REASON, as_=HEAD_OF_SERVICE)
    page = words(await client.get(asked.headers["location"], as_=HEAD_OF_SERVICE))
    assert "too short to search for" in page


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("I trust mina  MILL.", True),
        ("(Mina Mill)", True),
        ("Mína Mill’s view", True),
        ("as MINA-MILL said", True),
        ("Mina Millward came", False),
        ("Jasmina Mill came", False),
        ("Mina met Mill", False),
    ],
)
async def test_a_name_is_found_as_whole_words(
    text: str, stands: bool, client: Client, boss: asyncpg.Connection
) -> None:
    await note(boss, text)
    assert ("escalation_note" in await tables_in(client, HEAD_OF_SERVICE)) == stands


async def test_marks_in_a_name_are_marks_and_no_pattern(client: Client, boss: asyncpg.Connection) -> None:
    await renamed(boss, "Mina (Min.) O'Mill [x")
    await note(boss, "Mina (Min.) O'Mill [x was there")
    assert "escalation_note" in await tables_in(client, HEAD_OF_SERVICE)
    await renamed(boss, "..... .....")
    assert "escalation_note" not in await tables_in(client, HEAD_OF_SERVICE)
