"""A body over HTTP: constituted, its seats filled and emptied; and what PostgreSQL refuses with the app bypassed."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.features.boards.members import members_on
from alongside.features.boards.queries import bodies_of
from alongside.platform.access.principal import Role, system
from alongside.platform.database.constraints import violated_constraint
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY
from tests.features.boards.builders import BOARD, LATER, constituted, day_of, fill, holder, id_of, seat
from tests.personas import (
    ADMINISTRATOR,
    CLERK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MEMBER_OF_BOARD,
    MILL,
    NORTHSHIRE,
    OFFICER,
)

PRIMARY, CONSORTIA, INDEPENDENT, OFFICERS = "Primary schools", "Consortia", "Independent members", "Officers"


async def sql(database: Database, statement: str, **values: object) -> None:
    """Run one statement as the app's role, without the app."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(statement), {"authority_id": NORTHSHIRE, **values})


async def refused(database: Database, statement: str, **values: object) -> str | None:
    """Return the constraint that refuses a statement of the app's role."""
    with pytest.raises(IntegrityError) as found:
        await sql(database, statement, **values)
    return violated_constraint(found.value)


async def holders(database: Database, days: int = 0) -> Mapping[str, tuple[str | None, int | None]]:
    """Return who holds the seats on a day, by the seat's id."""
    day = APP_DAY + timedelta(days=days)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        (body,) = await bodies_of(session, system(NORTHSHIRE, day))
        found = await members_on(session, body.id, day)
        return {str(one.seat_id): (one.name, one.school_urn) for one in found}


async def roles(database: Database, person_id: object) -> list[tuple[str, object]]:
    """Return the roles of a board member with their last days."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        rows = await session.execute(
            text(
                "SELECT role, ends_on FROM role_assignment WHERE person_id = :id AND role = 'board_member'"
                " ORDER BY starts_on, id"
            ),
            {"id": person_id},
        )
        return [(row.role, row.ends_on) for row in rows]


async def test_a_body_is_constituted_its_seats_are_filled_and_shown(
    client: Client, database: Database
) -> None:
    """The whole way; and nobody meets a dead end before it."""
    before = words(await client.get(BOARD, as_=HEAD_OF_MILL))
    assert "not constituted yet" in before and "once the clerk has constituted it" in before
    assert "Constitute a board: Improvement Board" in words(await client.get("/boards", as_=CLERK))
    home = await client.get("/home", as_=MEMBER_OF_BOARD)
    assert home.headers["location"] == "/boards"
    assert "You hold no seat today" in words(await client.get("/boards", as_=MEMBER_OF_BOARD))
    for one in (HEAD_OF_MILL, OFFICER, MEMBER_OF_BOARD, ADMINISTRATOR):
        assert (await client.post(f"{BOARD}/constitution", day_of("on", APP_DAY), as_=one)).status_code == 404

    await constituted(client)
    again = await client.post(f"{BOARD}/constitution", day_of("on", APP_DAY), as_=HEAD_OF_SERVICE)
    assert again.status_code == 409
    assert "Fill 7 vacant seats" in words(await client.get("/boards", as_=CLERK))

    first = await seat(client, PRIMARY)
    assert await fill(client, first, HEAD_OF_MILL) == 303
    assert await fill(client, await seat(client, CONSORTIA), LEAD_OF_NORTH) == 303
    assert await fill(client, await seat(client, INDEPENDENT), MEMBER_OF_BOARD) == 303
    assert await fill(client, await seat(client, OFFICERS), OFFICER) == 303
    page = words(await client.get(BOARD, as_=HEAD_OF_MILL))
    assert "4 of 7 seats filled" in page and "Mina Mill, Mill Primary School You" in page
    assert "Speaking only, no vote" in page and "Fill" not in page
    assert "You hold a seat" in words(await client.get("/boards", as_=MEMBER_OF_BOARD))
    assert await roles(database, HEAD_OF_MILL.person_id) == [(Role.BOARD_MEMBER, LATER)]

    named = {"holder": holder(HEAD_OF_PARK)} | day_of("from_on", APP_DAY)
    assert (await client.post(f"{first}/substitutes", named, as_=CLERK)).status_code == 303
    assert "Pat Park" in words(await client.get(BOARD, as_=HEAD_OF_PARK))
    chair = {"holder": holder(OFFICER).rstrip("")} | day_of("from_on", APP_DAY)
    assert (await client.post(f"{BOARD}/chair", chair, as_=CLERK)).status_code == 422
    chair = {"holder": f"{HEAD_OF_MILL.person_id}:"} | day_of("from_on", APP_DAY)
    assert (await client.post(f"{BOARD}/chair", chair, as_=CLERK)).status_code == 303
    assert "Chair: Mina Mill" in words(await client.get(BOARD, as_=HEAD_OF_PARK))

    ended = await client.post(
        f"{first}/end", day_of("on", APP_DAY) | {"reason": "resigned"}, as_=HEAD_OF_SERVICE
    )
    assert ended.status_code == 303
    assert "Mina Mill" in words(await client.get(f"{BOARD}", as_=CLERK)) and (await holders(database))[
        str(id_of(first))
    ] == (None, None)
    assert await roles(database, HEAD_OF_MILL.person_id) == [(Role.BOARD_MEMBER, APP_DAY)]


async def test_a_refused_term_keeps_what_was_typed_and_says_why(client: Client) -> None:
    """Overlapping terms, a second vote, and a person without the office: each has its sentence."""
    await constituted(client)
    first, second = await seat(client, PRIMARY), await seat(client, PRIMARY, 2)
    assert await fill(client, first, HEAD_OF_MILL) == 303
    form = {"holder": holder(HEAD_OF_PARK), "by": "Typed by hand"}
    days = day_of("from_on", APP_DAY + timedelta(days=9)) | day_of("until_on", LATER)
    overlap = await client.post(f"{first}/appointment", form | days, as_=CLERK)
    assert overlap.status_code == 422 and "Somebody holds the seat then" in overlap.text
    assert "Typed by hand" in overlap.text
    twice = await client.post(
        f"{second}/appointment", form | {"holder": holder(HEAD_OF_MILL)} | days, as_=CLERK
    )
    assert twice.status_code == 422 and "another voting seat" in twice.text
    assert await fill(client, second, OFFICER) == 422
    assert await fill(client, second, HEAD_OF_PARK, LATER, APP_DAY) == 422
    assert await fill(client, first, HEAD_OF_PARK, LATER, LATER.replace(year=LATER.year + 3)) == 303


async def test_postgresql_refuses_seats_that_nobody_may_hold(client: Client, database: Database) -> None:
    """The same with raw SQL as the app's role."""
    await constituted(client)
    first, officers = await seat(client, PRIMARY), await seat(client, OFFICERS)
    appoint = (
        "INSERT INTO seat_appointment (authority_id, seat_id, body_id, voting, person_id, school_urn, how, by,"
        " from_on, until_on) SELECT :authority_id, id, body_id, voting, :person_id, :urn, 'elected', 'Heads',"
        " :from_on, :until_on FROM seat WHERE id = :seat_id"
    )
    values = {"from_on": APP_DAY, "until_on": LATER, "seat_id": id_of(first), "urn": MILL}
    assert await refused(database, appoint, **values | {"person_id": HEAD_OF_PARK.person_id}) == "seat_right"
    assert await refused(database, appoint, **values | {"person_id": OFFICER.person_id}) == "seat_right"
    early = values | {"person_id": HEAD_OF_MILL.person_id, "from_on": APP_DAY - timedelta(days=1)}
    assert await refused(database, appoint, **early) == "seat_not_in_force"
    await sql(database, appoint, **values | {"person_id": HEAD_OF_MILL.person_id})
    again = values | {"person_id": HEAD_OF_PARK.person_id, "urn": 990002}
    assert await refused(database, appoint, **again) == "ex_seat_appointment_one_holder"
    second = again | {"seat_id": id_of(await seat(client, PRIMARY, 2)), "person_id": HEAD_OF_MILL.person_id}
    assert await refused(database, appoint, **second | {"urn": MILL}) == "ex_seat_appointment_one_vote"
    as_officer = values | {"seat_id": id_of(officers), "person_id": OFFICER.person_id}
    assert await refused(database, appoint, **as_officer) == "seat_without_school"
    await sql(database, appoint, **as_officer | {"urn": None})
    lead = as_officer | {"seat_id": id_of(await seat(client, INDEPENDENT)), "urn": None}
    assert await refused(database, appoint, **lead) == "seat_right"
    chair = (
        "INSERT INTO body_chair (authority_id, body_id, person_id, from_on)"
        " SELECT :authority_id, id, :person_id, :on FROM body"
    )
    named = {"on": APP_DAY, "person_id": HEAD_OF_QUAY.person_id}
    assert await refused(database, chair, **named) == "chair_is_a_member"
    assert await refused(database, chair, **named | {"person_id": OFFICER.person_id}) == "chair_is_a_member"
    majority = "UPDATE seat SET until_on = :on WHERE constituency IN ('primary', 'consortia') AND number > 0"
    assert await refused(database, majority, on=APP_DAY + timedelta(days=9)) == "schools_have_the_majority"


async def test_a_seat_becomes_empty_when_its_holder_leaves_the_office(
    client: Client, database: Database
) -> None:
    """An administrator ends the role of the headteacher: the seat is vacant that day, and the role of member ends."""
    await constituted(client)
    first = str(id_of(address := await seat(client, PRIMARY)))
    assert await fill(client, address, HEAD_OF_MILL) == 303
    assert (await holders(database))[first] == ("Mina Mill", MILL)
    await sql(
        database,
        "UPDATE role_assignment SET ends_on = :on WHERE person_id = :id AND role = 'headteacher'",
        on=APP_DAY + timedelta(days=5),
        id=HEAD_OF_MILL.person_id,
    )
    assert (await holders(database, 4))[first] == ("Mina Mill", MILL)
    assert (await holders(database, 5))[first] == (None, None)
    assert await roles(database, HEAD_OF_MILL.person_id) == [(Role.BOARD_MEMBER, APP_DAY + timedelta(days=5))]


async def test_a_seat_of_a_person_who_left_is_empty(client: Client, database: Database) -> None:
    """A person whom an administrator marks as having left holds no seat, whatever the kind of seat."""
    await constituted(client)
    address = await seat(client, INDEPENDENT)
    assert await fill(client, address, MEMBER_OF_BOARD) == 303
    left = await client.post(f"/people/{MEMBER_OF_BOARD.person_id}/departure", {}, as_=ADMINISTRATOR)
    assert left.status_code == 303, left.text
    assert (await holders(database))[str(id_of(address))] == (None, None)
    page = words(await client.get(BOARD, as_=CLERK))
    assert "Bo Board" in page and "Left the office" in page


async def test_a_seat_becomes_empty_when_the_school_converts(client: Client, database: Database) -> None:
    """The role moves to the new school as a succession does it; the seat of the old school is vacant from that day."""
    await constituted(client)
    first = str(id_of(address := await seat(client, PRIMARY)))
    assert await fill(client, address, HEAD_OF_MILL) == 303
    await sql(
        database,
        "WITH begun AS (INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
        " SELECT authority_id, person_id, role, 990005, :on FROM role_assignment"
        " WHERE person_id = :id AND role = 'headteacher')"
        " UPDATE role_assignment SET ends_on = :on WHERE person_id = :id AND role = 'headteacher'",
        on=APP_DAY,
        id=HEAD_OF_MILL.person_id,
    )
    assert (await holders(database))[first] == (None, None)
    page = words(await client.get(BOARD, as_=CLERK))
    assert "The school closed or became another school" in page
