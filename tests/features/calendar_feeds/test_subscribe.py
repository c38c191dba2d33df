"""A calendar feed has the visits, deadlines and events of one person, by a secret link that can be stopped."""

import io
from datetime import date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
import vobject
from sqlalchemy import text

from alongside.features.calendar_feeds import pages
from alongside.features.calendar_feeds.limits import FeedLimit
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import APP_DAY
from tests.features.agreements.builders import a_running_agreement
from tests.features.escalations.builders import a_decided_escalation
from tests.features.notices.builders import EVENT, TO_NORTH, a_notice
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

SUMMER = date(APP_DAY.year + (APP_DAY.month > 5), 7, 1)
"""A day in British Summer Time within the year that a notice may be shown."""


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> FeedLimit:
    """Each test has a limit of its own."""
    settled = FeedLimit()
    monkeypatch.setattr(pages, "LIMIT", settled)
    return settled


async def link_of(client: Client, one: Persona) -> str:
    """Make a link; returns its path."""
    assert (await client.post("/account/calendar/link", {}, as_=one)).status_code == 303
    shown = soup(await client.get("/account/calendar", as_=one)).select_one("input#link")
    assert shown is not None
    return "/" + str(shown["value"]).split("/", 3)[3]


async def requested(client: Client, path: str, host: str = "northshire.localhost") -> httpx.Response:
    """Request a feed as a calendar program does: without a cookie."""
    return await client.http.get(path, headers={"host": host})


async def events(client: Client, path: str) -> dict[str, vobject.base.Component]:
    """Return the events of a feed by their titles, parsed by another library than the one that wrote them."""
    answer = await requested(client, path)
    assert answer.status_code == 200, answer.text
    calendar = vobject.readOne(io.StringIO(answer.text))
    return {one.summary.value: one for one in calendar.contents.get("vevent", [])}


async def test_events_have_london_times_and_keep_their_ids(client: Client) -> None:
    address = await a_notice(
        client,
        OFFICER,
        title="Summer meeting; with a comma, and “quotes”",
        event_on=SUMMER.isoformat(),
        ends_on=SUMMER.isoformat(),
        event_starts="9:30am",
        event_ends="11am",
        event_location="Town hall",
    )
    await a_notice(client, OFFICER, title="All day", event_on=EVENT.isoformat())
    await a_notice(client, LEAD_OF_NORTH, title="Only North", audience=TO_NORTH, event_on=EVENT.isoformat())
    path = await link_of(client, HEAD_OF_QUAY)
    answer = await requested(client, path)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, max-age=900"
    assert "set-cookie" not in answer.headers
    found = await events(client, path)
    meeting = found["Summer meeting; with a comma, and “quotes”"]
    starts: datetime = meeting.dtstart.value
    assert starts.strftime("%H:%M") == "09:30" and starts.utcoffset() == timedelta(hours=1)
    assert (meeting.dtend.value - starts) == timedelta(hours=1, minutes=30)
    assert meeting.location.value == "Town hall"
    assert meeting.url.value.endswith(address)
    assert found["All day"].dtstart.value == EVENT
    assert "Only North" not in found
    assert "BEGIN:VTIMEZONE" in answer.text and "TZID=Europe/London" in answer.text
    form = {"title": "Moved", "body": "Later", "note": "Moved by a day", "version": "2"}
    later = (SUMMER + timedelta(days=1)).isoformat()
    moved = await client.post(
        f"{address}/correction", form | {"event_on": later, "ends_on": later}, as_=OFFICER
    )
    assert moved.status_code == 303
    again = (await events(client, path))["Moved"]
    assert again.uid.value == meeting.uid.value and again.dtstart.value == SUMMER + timedelta(days=1)


async def test_visits_and_deadlines_of_the_school(client: Client, database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, record_due_on)"
                " VALUES (:authority_id, :agreement_id, 'planned', :day, 1, 'Secret focus', :day)"
            ),
            {"authority_id": NORTHSHIRE, "agreement_id": agreement_id, "day": APP_DAY + timedelta(days=3)},
        )
    path = await link_of(client, HEAD_OF_MILL)
    assert "Support visit" in await events(client, path)
    written = (await requested(client, path)).text
    assert "Secret focus" not in written and "Park Primary" not in written and "Mill Primary" not in written
    other = await events(client, await link_of(client, HEAD_OF_PARK))
    assert "Support visit" in other
    assert not await events(client, await link_of(client, HEAD_OF_QUAY))


async def test_an_escalation_is_only_a_deadline(client: Client, database: Database) -> None:
    escalation_id = await a_decided_escalation(database)
    path = await link_of(client, OFFICER)
    (deadline,) = (await events(client, path)).values()
    assert deadline.summary.value == "Deadline in Alongside"
    assert deadline.url.value.endswith(f"/escalations/{escalation_id}")
    assert "Mill" not in (await requested(client, path)).text
    assert not await events(client, await link_of(client, HEAD_OF_MILL))


async def test_a_link_is_replaced_stopped_and_works_in_its_own_authority(client: Client) -> None:
    first = await link_of(client, HEAD_OF_MILL)
    second = await link_of(client, HEAD_OF_MILL)
    assert first != second
    assert (await requested(client, first)).status_code == 404
    assert (await requested(client, second)).status_code == 200
    assert (await requested(client, second, "southshire.localhost")).status_code == 404
    assert (await requested(client, second[:-1] + ("A" if second[-1] != "A" else "B"))).status_code == 404
    guessed = f"/calendar-feeds/{uuid4()}/{second.rpartition('/')[2]}"
    assert (await requested(client, guessed)).status_code == 404
    assert (await client.post("/account/calendar/stop", {}, as_=HEAD_OF_PARK)).status_code == 303
    assert (await requested(client, second)).status_code == 200
    assert (await client.post("/account/calendar/stop", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert (await requested(client, second)).status_code == 404
    assert "Create a calendar link" in words(await client.get("/account/calendar", as_=HEAD_OF_MILL))


@pytest.mark.parametrize(
    "leaves",
    [
        "UPDATE person SET left_on = :today WHERE id = :id",
        "UPDATE role_assignment SET ends_on = :today, starts_on = CAST(:today AS date) - 9 WHERE person_id = :id",
    ],
    ids=["left", "without a role"],
)
async def test_it_ends_when_the_person_leaves(client: Client, database: Database, leaves: str) -> None:
    path = await link_of(client, HEAD_OF_MILL)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(leaves), {"today": APP_DAY, "id": HEAD_OF_MILL.person_id})
    assert (await requested(client, path)).status_code == 404


async def test_it_is_limited(client: Client, limit: FeedLimit) -> None:
    limit.most = 2
    mine, other = await link_of(client, HEAD_OF_MILL), await link_of(client, ADMINISTRATOR)
    assert [(await requested(client, mine)).status_code for _ in range(3)] == [200, 200, 429]
    assert (await requested(client, other)).status_code == 200


async def test_a_link_stops_when_a_role_of_its_person_ends(client: Client, database: Database) -> None:
    """Also for a person who comes back later: a link that somebody has kept shows nothing of a later role."""
    path = await link_of(client, HEAD_OF_MILL)
    assert (await requested(client, path)).status_code == 200
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE role_assignment SET ends_on = :day WHERE person_id = :person"),
            {"day": APP_DAY, "person": HEAD_OF_MILL.person_id},
        )
        await session.execute(
            text("UPDATE role_assignment SET ends_on = NULL WHERE person_id = :person"),
            {"person": HEAD_OF_MILL.person_id},
        )
    assert (await requested(client, path)).status_code == 404
