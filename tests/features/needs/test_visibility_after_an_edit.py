"""After an edit a post becomes visible beyond its consortium no earlier than the form said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alongside.features.authorities import calendar_of
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.needs.form_values import form_at, posted_need
from tests.features.needs.stored_rows import set_columns
from tests.features.offers.form_values import posted_offer
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE

NOW = datetime.now(UTC)
TODAY = APP_DAY
POSTS = (("need", posted_need), ("offer", posted_offer))


def in_school_days(days: int) -> str:
    """The date a number of school days after today, as pages show it."""
    return f"{add_school_days(calendar_of(NORTHSHIRE), TODAY, days):%-d %B %Y}"


@pytest.mark.parametrize(("table", "posted"), POSTS)
async def test_a_post_kept_inside_widens_after_the_full_period_from_its_edit(
    client: Client, copy: DatabaseCopy, table: str, posted: Any
) -> None:
    """Posted 20 days ago to the consortium, edited today: hidden from others until the announced date."""
    where = await posted(client, audience="consortium")
    await set_columns(copy, table, where, posted_at=NOW - timedelta(days=20))
    form = await form_at(client, f"{where}/edit")
    assert in_school_days(5) in words(await client.get(f"{where}/edit", as_=HEAD_OF_MILL))
    answer = await client.post(f"{where}/edit", form | {"audience": "widening"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.get(where, as_=HEAD_OF_PARK)).status_code == 200
    assert in_school_days(5) in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_a_need_made_urgent_later_waits_for_its_period_from_that_day(
    client: Client, copy: DatabaseCopy
) -> None:
    """The shorter period starts at the edit, not at the posting 14 days ago."""
    where = await posted_need(client, urgency="planned")
    await set_columns(
        copy,
        "need",
        where,
        posted_at=NOW - timedelta(days=13),
        visible_to_authority_from=TODAY + timedelta(days=9),
    )
    form = await form_at(client, f"{where}/edit")
    assert (
        await client.post(f"{where}/edit", form | {"urgency": "now"}, as_=HEAD_OF_MILL)
    ).status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert in_school_days(2) in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_another_urgency_does_not_hide_what_everybody_has_seen(
    client: Client, copy: DatabaseCopy
) -> None:
    """A need that the authority sees stays visible."""
    where = await posted_need(client, urgency="now")
    await set_columns(copy, "need", where, visible_to_authority_from=TODAY - timedelta(days=3))
    form = await form_at(client, f"{where}/edit")
    await client.post(f"{where}/edit", form | {"urgency": "planned"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200


@pytest.mark.parametrize(("table", "posted"), POSTS)
async def test_everybody_sees_at_once_what_is_opened_to_everybody(
    client: Client, table: str, posted: Any
) -> None:
    """After a change back to the consortium, others no longer see it."""
    where = await posted(client, audience="consortium")
    form = await form_at(client, f"{where}/edit")
    await client.post(f"{where}/edit", form | {"audience": "everybody"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200, table
    form = await form_at(client, f"{where}/edit")
    await client.post(f"{where}/edit", form | {"audience": "consortium"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404


async def test_a_reopened_offer_begins_in_its_consortium_again(client: Client, copy: DatabaseCopy) -> None:
    """Reopened after its earlier widening date: its consortium sees it first."""
    where = await posted_offer(client)
    await client.post(f"{where}/withdrawal", {"note": "Sam is ill."}, as_=HEAD_OF_MILL)
    await set_columns(copy, "offer", where, visible_to_authority_from=TODAY - timedelta(days=30))
    form = await form_at(client, f"{where}/reopening")
    answer = await client.post(f"{where}/reopening", form, as_=HEAD_OF_MILL)
    assert answer.status_code == 303, words(answer)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert in_school_days(5) in words(await client.get(where, as_=HEAD_OF_MILL))


@pytest.mark.parametrize("table", ["need", "offer"])
async def test_the_database_keeps_a_post_of_the_consortium_inside(
    client: Client, copy: DatabaseCopy, database: Database, table: str
) -> None:
    """A CHECK refuses a visibility date for the audience “consortium”."""
    where = await dict(POSTS)[table](client, audience="consortium")
    with pytest.raises(Exception, match=f"ck_{table}_shown_to_all"):
        await set_columns(copy, table, where, visible_to_authority_from=TODAY)
