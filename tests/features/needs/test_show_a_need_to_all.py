"""A need that is limited to its consortium: its school shows it to all at once, and a lead asks it to."""

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from alongside.features.agreements.proposing.actions import propose
from alongside.features.authorities import calendar_of
from alongside.features.needs.models import Need
from alongside.features.needs.requester import identify_requester
from alongside.features.offers.models import OfferTheme
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import acting, an_offer, terms
from tests.features.matching.builders import a_plan
from tests.features.needs.form_values import posted_need
from tests.features.needs.stored_rows import audit_of, notices_of, set_columns
from tests.personas import (
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    Persona,
)

SHOW = "Show this need to the whole authority"
ASK = "Ask Mill Primary School to show this need to the whole authority"


async def limited_need(client: Client, database: Database, audience: str = "consortium") -> str:
    """A need of Mill that only its consortium sees, while two offers beyond it and none within would suit."""
    async with database.transaction(NORTHSHIRE) as session:
        for urn in (QUAY, LOCK):
            offer_id = await an_offer(session, urn, title="Fluency from afar", phases=["primary"])
            theme = {"theme": "mathematics", "evidence": "Results"}
            session.add(OfferTheme(authority_id=NORTHSHIRE, offer_id=offer_id, **theme))
    return await posted_need(client, days="2", audience=audience)


async def test_the_shortlist_says_that_the_need_is_limited_and_counts_what_exists_beyond(
    client: Client, database: Database
) -> None:
    where = await limited_need(client, database)
    for reader, button in ((HEAD_OF_MILL, SHOW), (LEAD_OF_NORTH, ASK), (OFFICER, ASK)):
        answer = await client.get(f"{where}/shortlist", as_=reader)
        page = words(answer)
        assert "This need is limited to its consortium" in page
        assert "2 further offers would suit this need beyond its consortium" in page
        assert "No offer suits just now" not in page
        assert "Fluency from afar" not in page
        assert "Quay" not in page
        assert button in page


async def test_its_page_says_until_when_and_loads_the_same_count(client: Client, database: Database) -> None:
    where = await limited_need(client, database, "widening")
    until = add_school_days(calendar_of(NORTHSHIRE), APP_DAY, 5)
    answer = await client.get(where, as_=HEAD_OF_MILL)
    assert f"limited to its consortium until {until:%-d %B %Y}" in words(answer)
    assert f'hx-get="{where}/shortlist/beyond"' in answer.text
    assert f'href="{where}/shortlist"' in answer.text
    part = words(await client.get(f"{where}/shortlist/beyond", as_=HEAD_OF_MILL))
    assert "2 further offers" in part
    for other in (HEAD_OF_PARK, LEAD_OF_SOUTH, HEAD_OF_MILL.twin):
        assert (await client.get(f"{where}/shortlist/beyond", as_=other)).status_code == 404


@pytest.mark.parametrize("head", [HEAD_OF_MILL, DELEGATE_OF_MILL])
async def test_its_school_shows_it_to_all_and_takes_that_back(
    client: Client, database: Database, head: Persona
) -> None:
    where = await limited_need(client, database, "widening")
    before = words(await client.get(where, as_=head))
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert SHOW in words(await client.get(f"{where}/visibility", as_=head))
    answer = await client.post(f"{where}/visibility", as_=head)
    assert answer.status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200
    assert "2 offers of those that you may see suit" in words(
        await client.get(f"{where}/shortlist", as_=head)
    )
    assert [one.kind for one in await notices_of(database, LEAD_OF_NORTH)].count(
        "need_shown_to_authority"
    ) == 1
    answer = await client.post(f"{where}/visibility/undo", as_=head)
    assert answer.status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    until = add_school_days(calendar_of(NORTHSHIRE), APP_DAY, 5)
    for page in (before, words(await client.get(where, as_=head))):
        assert f"limited to its consortium until {until:%-d %B %Y}" in page
    verbs = [entry.verb for entry in await audit_of(database, "need", where)]
    assert verbs[-2:] == ["show_need_to_authority", "limit_need_again"]


async def test_it_cannot_be_taken_back_once_a_proposal_came(client: Client, database: Database) -> None:
    where = await limited_need(client, database)
    await client.post(f"{where}/visibility", as_=HEAD_OF_MILL)
    async with database.transaction(NORTHSHIRE) as session:
        offer = await an_offer(session, PARK, phases=["primary"])
        need_id = UUID(where.rpartition("/")[2])
        await propose(session, acting(HEAD_OF_PARK, APP_DAY), need_id, offer, terms())
    page = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Show it only to our consortium again" not in page
    assert (await client.post(f"{where}/visibility/undo", as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 200


@pytest.mark.parametrize("lead", [LEAD_OF_NORTH, DEPUTY_OF_NORTH, OFFICER])
async def test_the_head_answers_a_lead_with_one_tap(
    client: Client, database: Database, lead: Persona
) -> None:
    where = await limited_need(client, database)
    assert (await client.post(f"{where}/visibility/request", as_=lead)).status_code == 303
    assert (await client.post(f"{where}/visibility/request", as_=lead)).status_code == 409
    assert ASK not in words(await client.get(where, as_=lead))
    [notice] = [one for one in await notices_of(database, HEAD_OF_MILL) if one.kind == "need_show_asked"]
    assert notice.path == f"{where}/visibility"
    assert lead.name in notice.text
    home = words(await client.get("/home", as_=HEAD_OF_MILL))
    assert "Say whether to show a need to the whole authority: Fluency in Year 3 and 4" in home
    question = words(await client.get(notice.path, as_=HEAD_OF_MILL))
    assert f"{lead.name} asks you to show this need" in question
    assert "Yes, show it to the whole authority" in question
    assert "No, keep it as it is" in question
    await client.post(f"{where}/visibility", as_=HEAD_OF_MILL)
    assert "Say whether to show a need" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert "need_shown_to_authority" in [one.kind for one in await notices_of(database, lead)]


async def test_the_head_says_no_and_the_lead_is_told(client: Client, database: Database) -> None:
    where = await limited_need(client, database)
    await client.post(f"{where}/visibility/request", as_=LEAD_OF_NORTH)
    assert (await client.post(f"{where}/visibility/refusal", as_=HEAD_OF_MILL)).status_code == 303
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404
    assert "need_kept_limited" in [one.kind for one in await notices_of(database, LEAD_OF_NORTH)]
    assert "Say whether to show a need" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    assert "Mill Primary School said no on" in words(await client.get(where, as_=LEAD_OF_NORTH))
    assert (await client.post(f"{where}/visibility/refusal", as_=HEAD_OF_MILL)).status_code == 409


async def test_only_its_school_answers_and_only_its_leads_ask(client: Client, database: Database) -> None:
    where = await limited_need(client, database)
    for other in (HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_SOUTH, HEAD_OF_MILL.twin):
        for path in ("visibility", "visibility/refusal", "visibility/undo", "visibility/request"):
            assert (await client.post(f"{where}/{path}", as_=other)).status_code in (403, 404), (other, path)
    for lead in (LEAD_OF_NORTH, OFFICER):
        assert (await client.post(f"{where}/visibility", as_=lead)).status_code in (403, 404)
    assert (await client.post(f"{where}/visibility/request", as_=HEAD_OF_MILL)).status_code in (403, 404)


async def test_a_need_that_all_see_is_not_called_limited(client: Client, database: Database) -> None:
    where = await limited_need(client, database, "everybody")
    for path in (where, f"{where}/shortlist"):
        page = words(await client.get(path, as_=HEAD_OF_MILL))
        assert "limited to its" not in page
        assert SHOW not in page
    assert (await client.post(f"{where}/visibility/request", as_=LEAD_OF_NORTH)).status_code == 409


@pytest.mark.parametrize("person", [LEAD_OF_NORTH, OFFICER, HEAD_OF_PARK])
async def test_postgresql_lets_nobody_else_show_a_need_to_more_schools(
    client: Client, database: Database, person: Persona
) -> None:
    """The check of the pages is bypassed."""
    where = await limited_need(client, database)
    with pytest.raises(DBAPIError, match="only its school shows need"):
        await _widen(database, person)
    with pytest.raises(DBAPIError, match="nobody is set as asking"):
        await _widen(database, None)
    assert (await client.get(where, as_=HEAD_OF_QUAY)).status_code == 404


async def _widen(database: Database, person: Persona | None) -> None:
    wider = {"audience": "everybody", "visible_to_authority_from": APP_DAY}
    async with database.transaction(NORTHSHIRE) as session:
        if person is not None:
            await identify_requester(session, acting(person, APP_DAY))
        await session.execute(update(Need).where(Need.authority_id == NORTHSHIRE).values(**wider))


async def test_an_early_showing_is_not_taken_back_after_the_promised_date(
    client: Client, copy: DatabaseCopy, database: Database
) -> None:
    where = await limited_need(client, database, "widening")
    await client.post(f"{where}/visibility", as_=HEAD_OF_MILL)
    await set_columns(copy, "need", where, widening_since=APP_DAY.replace(month=9))
    assert (await client.post(f"{where}/visibility/undo", as_=HEAD_OF_MILL)).status_code == 409


async def test_a_plan_names_the_limit_as_a_reason(client: Client, database: Database) -> None:
    where = await limited_need(client, database, "widening")
    until = add_school_days(calendar_of(NORTHSHIRE), APP_DAY, 5)
    plan = await a_plan(client, database)
    page = words(await client.get(plan, as_=LEAD_OF_NORTH))
    reason = f"This need is limited to its consortium until {until:%-d %B %Y}. 2 further offers would suit it beyond."
    assert reason in page
    assert reason in (await client.get(f"{plan}/assignments.csv", as_=LEAD_OF_NORTH)).text
    await client.post(f"{where}/visibility", as_=HEAD_OF_MILL)
    assert "This need is limited" not in words(await client.get(plan, as_=LEAD_OF_NORTH))
