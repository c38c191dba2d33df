"""An edit shows a post beyond its consortium no sooner than the form said when it was edited."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alongside.authorities import calendar_of
from alongside.authorities.calendar import add_school_days
from alongside.database.session import Database
from tests.client import Client, words
from tests.needs.rows import set_columns
from tests.needs.writing import form_at, posted_need
from tests.offers.writing import posted_offer
from tests.people import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE
from tests.stage import Copy

NOW = datetime.now(UTC)
TODAY = NOW.date()
POSTS = (("need", posted_need), ("offer", posted_offer))


def in_school_days(days: int) -> str:
    """A date so many school days after today, as the pages write it."""
    return f"{add_school_days(calendar_of(NORTHSHIRE), TODAY, days):%-d %B %Y}"


@pytest.mark.parametrize(("table", "posted"), POSTS)
async def test_a_post_kept_inside_widens_after_the_full_period_from_its_edit(
    client: Client, copy: Copy, table: str, posted: Any
) -> None:
    """Posted 20 days ago for the consortium alone, edited today: nobody beyond sees it before the day promised."""
    where = await posted(client, audience="consortium")
    await set_columns(copy, table, where, posted_at=NOW - timedelta(days=20))
    form = await form_at(client, f"{where}/edition")
    assert in_school_days(5) in words(await client.get(f"{where}/edition", as_=HEAD_OF_MILL))
    answer = await client.post(f"{where}/edition", form | {"audience": "widening"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.get(where, as_=HEAD_OF_PARK)).status_code == 200
    assert in_school_days(5) in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_a_need_made_urgent_later_waits_for_its_period_from_that_day(
    client: Client, copy: Copy
) -> None:
    """The shorter period counts from the edit, not from the posting a fortnight ago."""
    where = await posted_need(client, urgency="planned")
    await set_columns(
        copy, "need", where, posted_at=NOW - timedelta(days=13), shown_to_all_from=TODAY + timedelta(days=9)
    )
    form = await form_at(client, f"{where}/edition")
    assert (
        await client.post(f"{where}/edition", form | {"urgency": "now"}, as_=HEAD_OF_MILL)
    ).status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert in_school_days(2) in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_another_urgency_does_not_hide_what_everybody_has_seen(client: Client, copy: Copy) -> None:
    """Who has seen a need keeps seeing it."""
    where = await posted_need(client, urgency="now")
    await set_columns(copy, "need", where, shown_to_all_from=TODAY - timedelta(days=3))
    form = await form_at(client, f"{where}/edition")
    await client.post(f"{where}/edition", form | {"urgency": "planned"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200


@pytest.mark.parametrize(("table", "posted"), POSTS)
async def test_everybody_sees_at_once_what_is_opened_to_everybody(
    client: Client, table: str, posted: Any
) -> None:
    """And nobody beyond the consortium any more once it is closed again."""
    where = await posted(client, audience="consortium")
    form = await form_at(client, f"{where}/edition")
    await client.post(f"{where}/edition", form | {"audience": "everybody"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200, table
    form = await form_at(client, f"{where}/edition")
    await client.post(f"{where}/edition", form | {"audience": "consortium"}, as_=HEAD_OF_MILL)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404


async def test_a_reopened_offer_begins_in_its_consortium_again(client: Client, copy: Copy) -> None:
    """Withdrawn before it widened and reopened after that day: its own consortium sees it first."""
    where = await posted_offer(client)
    await client.post(f"{where}/withdrawal", {"note": "Sam is ill."}, as_=HEAD_OF_MILL)
    await set_columns(copy, "offer", where, shown_to_all_from=TODAY - timedelta(days=30))
    form = await form_at(client, f"{where}/reopening")
    answer = await client.post(f"{where}/reopening", form, as_=HEAD_OF_MILL)
    assert answer.status_code == 303, words(answer)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert in_school_days(5) in words(await client.get(where, as_=HEAD_OF_MILL))


@pytest.mark.parametrize("table", ["need", "offer"])
async def test_the_database_keeps_a_post_of_the_consortium_inside(
    client: Client, copy: Copy, database: Database, table: str
) -> None:
    """A date for the whole authority contradicts “our consortium only”, whoever writes it."""
    where = await dict(POSTS)[table](client, audience="consortium")
    with pytest.raises(Exception, match=f"ck_{table}_shown_to_all"):
        await set_columns(copy, table, where, shown_to_all_from=TODAY)
