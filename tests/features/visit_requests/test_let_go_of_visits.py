"""Requests that are over are deleted when the privacy page says; open and held ones are not."""

from typing import Any

import pytest
from sqlalchemy import text

from alongside.features.data_retention.actions import purge_expired
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import APP_DAY
from tests.features.visit_requests.builders import requested
from tests.personas import ADMINISTRATOR, DELEGATE_OF_MILL, HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE, PARK

LONG_AGO = text(
    "UPDATE visit_request SET asked_at = asked_at - interval '10 years', respond_by = respond_by - 3652"
    " WHERE authority_id = :authority_id"
)
LEFT = text("SELECT count(*) FROM visit_request WHERE authority_id = :authority_id")
HOLD = text(
    "INSERT INTO legal_hold (authority_id, kind, school_urn, person_id, why, placed_by)"
    " VALUES (:authority_id, :kind, :urn, :person_id, 'A complaint', :placed_by)"
)


async def left_after_the_purge(database: Database, **hold: Any) -> int:
    """The number of requests after the daily deletion, ten years later."""
    inside = {"authority_id": NORTHSHIRE}
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(LONG_AGO, inside)
        if hold:
            values = {"urn": None, "person_id": None, "placed_by": ADMINISTRATOR.person_id} | hold
            values["kind"] = "school" if "urn" in hold else "person"
            await session.execute(HOLD, inside | values)
        await purge_expired(session, system(NORTHSHIRE, APP_DAY))
        return int(await session.scalar(LEFT, inside))


async def test_a_request_that_is_over_goes_and_an_open_one_stays(client: Client, database: Database) -> None:
    visit = await requested(client, f"/directory/schools/{MILL}")
    assert await left_after_the_purge(database) == 1
    await client.post(f"{visit}/withdrawal", as_=HEAD_OF_PARK)
    assert await left_after_the_purge(database) == 0


@pytest.mark.parametrize(
    "hold",
    [
        {"urn": PARK},
        {"urn": MILL},
        {"person_id": HEAD_OF_PARK.person_id},
        {"person_id": HEAD_OF_MILL.person_id},
    ],
    ids=["asking school", "asked school", "who asked", "who answered"],
)
async def test_a_request_on_legal_hold_stays(
    client: Client, database: Database, hold: dict[str, Any]
) -> None:
    visit = await requested(client, f"/directory/schools/{MILL}")
    assert (await client.post(f"{visit}/answers/no", {"note": "No"}, as_=HEAD_OF_MILL)).status_code == 303
    assert await left_after_the_purge(database, **hold) == 1


async def test_a_request_stays_with_a_message_of_a_person_on_legal_hold(
    client: Client, database: Database
) -> None:
    """Messages are deleted with their visit; a delegate wrote one about a visit that others arranged."""
    visit = await requested(client, f"/directory/schools/{MILL}")
    await client.post(f"{visit}/messages", {"body": "Come at nine."}, as_=DELEGATE_OF_MILL)
    await client.post(f"{visit}/withdrawal", as_=HEAD_OF_PARK)
    assert await left_after_the_purge(database, person_id=DELEGATE_OF_MILL.person_id) == 1
