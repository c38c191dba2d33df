"""A profile shows support, past categories and days free, and which similar schools can help with a measure."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

import asyncpg
import pytest
from bs4 import Tag

from tests.client import Client, attribute, element, soup, words
from tests.databases import APP_DAY, DatabaseCopy, open_database
from tests.features.agreements.builders import an_offer
from tests.features.categories.builders import put_category
from tests.features.directory.form_values import verified_entry
from tests.features.profiles.stored import calculated, store_figures, usual_figures
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
)

Profiles = Mapping[int, UUID]


@pytest.fixture(scope="module")
async def profiles(module_database: DatabaseCopy, module_client: Client) -> Profiles:
    """Profiles of all schools, shared with Mill and Park; Mill offers six days and has a verified entry."""
    database = open_database(module_database)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await store_figures(session, usual_figures())
            await an_offer(session, MILL, days="6")
        made = await calculated(database)
    finally:
        await database.close()
    for urn in (MILL, PARK):
        await module_client.post(f"/profiles/{made[urn]}/sharing", {}, as_=OFFICER)
    await verified_entry(module_client, themes=["achievement"])
    return made


@pytest.fixture
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def _rows(client: Client, path: str) -> dict[str, Tag]:
    page = soup(await client.get(path, as_=HEAD_OF_PARK))
    return {element(one, "th").get_text().split("\n")[0].strip(): one for one in page.select("main tbody tr")}


def _cell(row: Tag, label: str) -> str:
    return " ".join(element(row, f"td[data-label='{label}']").get_text().split())


async def test_the_page_names_who_does_better_has_an_entry_on_the_measure_or_days_free(
    module_client: Client, profiles: Profiles
) -> None:
    """Entries are those on the theme of the measure, and each school has a button to ask for a visit."""
    page = f"/profiles/{profiles[PARK]}/similar"
    rows = await _rows(module_client, f"{page}?measure=ks2_expected")
    mill = next(row for name, row in rows.items() if name.startswith("Mill"))
    assert _cell(mill, "Verified entries").startswith("1 entry")
    assert _cell(mill, "Days free") == "6 days"
    assert _cell(mill, "This measure") in ("Clearly better", "Not clearly better")
    ask = element(mill, "td[data-label='Ask'] a")
    assert attribute(ask, "href") == f"/directory/schools/{MILL}/visit-requests/new"
    assert next(iter(rows)).startswith("Mill"), "who can help comes first"

    rows = await _rows(module_client, f"{page}?measure=persistent_absence")
    mill = next(row for name, row in rows.items() if name.startswith("Mill"))
    assert _cell(mill, "Verified entries") == "None"
    assert (await module_client.get(f"{page}?measure=nonsense", as_=HEAD_OF_PARK)).status_code == 200
    for other in (HEAD_OF_MILL, LEAD_OF_SOUTH):
        assert (await module_client.get(page, as_=other)).status_code == 404
    assert "6 days" in words(await module_client.get(f"/profiles/{profiles[PARK]}", as_=HEAD_OF_PARK))


async def test_a_profile_shows_past_categories_to_those_who_may_read_them(
    module_client: Client, profiles: Profiles, owner: asyncpg.Connection
) -> None:
    """A category that is not decided yet is no past one; who may not read categories of the school reads none."""
    await put_category(owner, "in_force", urn=MILL, year="2025-26", category="targeted")
    await put_category(owner, "superseded", urn=MILL, year="2024-25", category="intensive")
    await put_category(owner, "proposed", urn=MILL, year="2026-27", category="universal")
    page = f"/profiles/{profiles[MILL]}"
    for reader in (HEAD_OF_MILL, OFFICER, LEAD_OF_NORTH):
        shown = words(await module_client.get(page, as_=reader))
        assert "Past categories 2025-26: Targeted 2024-25: Intensive" in shown, reader.name
        assert "2026-27: Universal" not in shown
    assert "Past categories" not in words(
        await module_client.get(f"/profiles/{profiles[PARK]}", as_=HEAD_OF_PARK)
    )


async def test_a_profile_shows_the_days_received_and_given_in_each_year(
    module_client: Client, profiles: Profiles, owner: asyncpg.Connection
) -> None:
    """A visit in August belongs to the year that ends; planned visits do not count."""
    agreement = UUID(int=77)
    await owner.execute(
        "INSERT INTO support_agreement (authority_id, id, proposal_id, need_id, offer_id, requesting_urn,"
        " supporting_urn, state, days, starts_on, ends_on) VALUES (901, $1, $1, $1, $1, $2, $3, 'closed', 5, $4, $4)",
        agreement,
        MILL,
        PARK,
        APP_DAY,
    )
    first = APP_DAY.year if APP_DAY.month >= 9 else APP_DAY.year - 1
    for month, day, days in ((8, 31, 2), (9, 1, 1), (9, 2, 1)):
        await owner.execute(
            "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, done, record_due_on)"
            " VALUES (901, $1, 'planned', $2, $3, 'Reading', '', $2)",
            agreement,
            APP_DAY.replace(year=first, month=month, day=day),
            days,
        )
    await owner.execute(
        "UPDATE visit SET state = 'recorded', done = 'Seen', recorded_at = now(), recorded_side = 'supporting',"
        " answer = 'waiting', answer_asked_on = visit_on, answer_due_on = visit_on WHERE agreement_id = $1"
        " AND extract(day FROM visit_on) <> 2",
        agreement,
    )
    this_year = f"{first}-{(first + 1) % 100:02d}"
    last_year = f"{first - 1}-{first % 100:02d}"
    shown = words(await module_client.get(f"/profiles/{profiles[MILL]}", as_=HEAD_OF_MILL))
    assert f"{this_year}: 1 day received, 0 days given {last_year}: 2 days received, 0 days given" in shown
    shown = words(await module_client.get(f"/profiles/{profiles[PARK]}", as_=HEAD_OF_PARK))
    assert f"{this_year}: 0 days received, 1 day given" in shown
    copy = await module_client.get(f"/profiles/{profiles[MILL]}/profile.pdf", as_=HEAD_OF_MILL)
    assert copy.status_code == 200
