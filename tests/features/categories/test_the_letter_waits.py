"""The letter of a category is hard news: the school reads it and is told on a school morning, when its time to appeal begins."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.categories.access_policy import identify_requester
from alongside.features.schools.term_dates import hard_news
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import LONDON, add_school_days
from alongside.platform.school_calendar.hard_news import held_until
from alongside.platform.web.formatting import format_weekday
from tests.client import Client, words
from tests.features.agreements.builders import acting
from tests.features.categories.builders import a_proposal, agree, discuss, moderate
from tests.personas import CHAIR_OF_MILL, HEAD_OF_MILL, LEAD_OF_NORTH, NORTHSHIRE, OFFICER


async def test_it_is_read_on_a_school_morning(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await a_proposal(client)
    await discuss(client, address)
    assert await moderate(client, address) == 303
    assert await agree(client, address, "targeted") == 303
    noon = datetime.now(LONDON).replace(hour=12, minute=0)
    friday = noon + timedelta(days=(4 - noon.weekday()) % 7 + 7)
    monkeypatch.setattr(hard_news, "current_time", lambda: friday)
    settings = settings_of(NORTHSHIRE)
    morning = held_until(calendar_of(NORTHSHIRE), friday, settings.mail.window_opens)
    assert morning is not None
    assert (await client.post(f"{address}/notification", {}, as_=OFFICER)).status_code == 303
    for one in (HEAD_OF_MILL, CHAIR_OF_MILL):
        assert (await client.get(address, as_=one)).status_code == 404, one.name
        assert address not in (await client.get("/notifications", as_=one)).text
    last = add_school_days(
        calendar_of(NORTHSHIRE), morning.astimezone(LONDON).date(), settings.categorisation.appeal_within
    )
    for one in (OFFICER, LEAD_OF_NORTH):
        assert f"until {format_weekday(last)}" in words(await client.get(address, as_=one)), one.name
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(OFFICER))
        await session.execute(text("UPDATE support_category SET shown_from = now()"))
        await session.execute(text("UPDATE notification SET shown_from = now()"))
    for one in (HEAD_OF_MILL, CHAIR_OF_MILL):
        assert (await client.get(address, as_=one)).status_code == 200, one.name
        assert address in (await client.get("/notifications", as_=one)).text
