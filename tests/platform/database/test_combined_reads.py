"""Reads that run together give the rows that each gives alone, in the same order and of the same types."""

from datetime import date, datetime

import msgspec
import pytest
from sqlalchemy import ARRAY, Integer, Text, any_, bindparam, select, text

from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.database.session import Database
from tests.features.agreements.builders import a_need
from tests.personas import MILL, NORTHSHIRE, PARK


class Named(msgspec.Struct, frozen=True):
    """A school."""

    urn: int
    name: str
    opened_on: date | None


SCHOOLS = Read(
    select(School.urn, School.name, School.opened_on)
    .where(
        School.authority_id == bindparam("authority_id"),
        School.urn == any_(bindparam("urns", type_=ARRAY(Integer))),
    )
    .order_by(School.name.desc()),
    Named,
)
NEEDS = Read(
    select(Need.id, Need.title, Need.days, Need.posted_at).where(
        Need.authority_id == bindparam("authority_id"), Need.school_urn == bindparam("urn")
    ),
    lambda *row: row,
)
WORDS = Read(
    text("SELECT 'fixed' AS kind, :words, CAST(NULL AS date)").bindparams(
        bindparam("words", type_=ARRAY(Text))
    ),
    lambda *row: row,
)
NOTHING = Read(select(School.name).where(School.urn == bindparam("urn"), text("false")), str)
ALL = CombinedRead(SCHOOLS, NEEDS, WORDS, NOTHING)


async def test_the_rows_of_each_read_are_those_it_gives_alone(database: Database) -> None:
    values = {"authority_id": NORTHSHIRE, "urns": [MILL, PARK], "urn": MILL, "words": ["a", "$1’s", "ü"]}
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session)
        together = await fetch_one(session, ALL, values)
        assert together is not None
        for read in (SCHOOLS, NEEDS, WORDS):
            alone = await fetch_all(session, read, values)
            assert alone and together.of(read) == alone
        assert together.of(NOTHING) == []
    assert {type(one) for one in together.of(SCHOOLS)} == {Named}
    _, title, _, posted_at = together.of(NEEDS)[0]
    assert (type(title), type(posted_at)) == (str, datetime)


async def test_a_missing_value_or_another_read_is_an_error(database: Database) -> None:
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        with pytest.raises(KeyError):
            await fetch_one(session, ALL, {"authority_id": NORTHSHIRE})
        found = await fetch_one(session, CombinedRead(NOTHING), {"urn": MILL})
    assert found is not None
    with pytest.raises(KeyError):
        found.of(SCHOOLS)
