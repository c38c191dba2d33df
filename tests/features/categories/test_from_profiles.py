"""Categories proposed from profiles: one school, all schools, and what is left alone."""

from collections.abc import Mapping
from urllib.parse import unquote
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.features.performance.access_policy import identify_requester
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, attribute, element, soup, words
from tests.databases import APP_DAY
from tests.features.categories.builders import YEAR, a_proposal
from tests.features.profiles.stored import YEAR as PROFILE_YEAR
from tests.features.profiles.stored import calculated, store_figures, usual_figures
from tests.personas import LEAD_OF_NORTH, LOCK, MILL, NORTHSHIRE, OFFICER, PARK, QUAY, SCHOOLS

PAGE = "/categories/from-profiles"
BY_HAND = "There are too few pupils to say. People decide."
CORE = system(NORTHSHIRE, APP_DAY)


async def _set(database: Database, statement: str, **values: object) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, CORE)
        await session.execute(text(statement), values)


@pytest.fixture
async def profiles(database: Database) -> Mapping[int, UUID]:
    """Profiles that propose “targeted”, shared with all schools but Lock; that of Quay proposes nothing."""
    async with database.transaction(NORTHSHIRE) as session:
        await store_figures(session, usual_figures())
    made = await calculated(database)
    await _set(
        database,
        "UPDATE profile SET proposed_category = 'targeted', proposed_reasons = ARRAY['Reading fell.'],"
        " state = CASE WHEN school_urn = :lock THEN 'calculated' ELSE 'shared' END,"
        " shared_at = CASE WHEN school_urn = :lock THEN NULL ELSE now() END",
        lock=LOCK,
    )
    await _set(
        database,
        "UPDATE profile SET proposed_category = NULL, proposed_reasons = ARRAY[:reason] WHERE school_urn = :quay",
        reason=BY_HAND,
        quay=QUAY,
    )
    return made


async def _shown(client: Client, query: str = "") -> dict[str, str]:
    """Return the form of the preview as the browser would send it."""
    page = soup(await client.get(f"{PAGE}{query}", as_=OFFICER))
    names = ("profile_year", "academic_year", "phase", "seen")
    return {
        name: attribute(element(page, f"main form[method=post] [name={name}]"), "value") for name in names
    }


async def _categories(database: Database) -> dict[int, tuple[str, str, str]]:
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, CORE)
        found = await session.execute(
            text("SELECT school_urn, category_proposed, reasons_proposed, state FROM support_category")
        )
        return {one[0]: (one[1], one[2], one[3]) for one in found}


async def test_all_schools_without_a_category_get_the_proposal_of_their_profile_once(
    client: Client, database: Database, profiles: Mapping[int, UUID]
) -> None:
    """The school with a category, that without a proposal and that without a shared profile are left alone."""
    await a_proposal(client, MILL, "intensive")
    page = words(await client.get(PAGE, as_=OFFICER))
    ready = len(SCHOOLS) - 3
    assert f"{ready} schools with a proposal of the method" in page
    assert "1 school without a proposal" in page and BY_HAND in page
    assert f"1 school with a category for {YEAR} already" in page
    assert "Park Primary School" in page and "Reading fell." in page

    form = await _shown(client)
    assert form["profile_year"] == PROFILE_YEAR and form["academic_year"] == YEAR
    answer = await client.post(PAGE, form, as_=OFFICER)
    assert answer.status_code == 303
    said = unquote(answer.headers["set-cookie"])
    assert f"{ready} categories are proposed. 1 school had one already." in said
    made = await _categories(database)
    assert made[PARK] == ("targeted", "Reading fell.", "proposed")
    assert made[MILL][0] == "intensive"
    assert made.keys() == SCHOOLS.keys() - {LOCK, QUAY}

    again = await client.post(PAGE, form, as_=OFFICER)
    said = unquote(again.headers["set-cookie"])
    assert f"0 categories are proposed. {ready + 1} schools had one already." in said
    assert await _categories(database) == made


async def test_profiles_that_changed_after_the_preview_are_shown_again_before_anything_is_proposed(
    client: Client, database: Database, profiles: Mapping[int, UUID]
) -> None:
    form = await _shown(client)
    await _set(database, "UPDATE profile SET snapshot_number = 2 WHERE id = :id", id=profiles[PARK])
    refused = await client.post(PAGE, form, as_=OFFICER)
    assert refused.status_code == 409
    assert "The profiles have changed since you opened this page." in words(refused)
    assert await _categories(database) == {}
    assert (await client.post(PAGE, await _shown(client), as_=OFFICER)).status_code == 303


async def test_a_proposal_for_one_school_starts_with_its_profile(
    client: Client, profiles: Mapping[int, UUID]
) -> None:
    """The page of the profile links to a form that has the school, the category and the reasons."""
    page = soup(await client.get(f"/profiles/{profiles[PARK]}", as_=OFFICER))
    address = f"/categories/new?profile={profiles[PARK]}"
    assert element(page, f'main a[href="{address}"]').get_text() == "Propose a category for this school"
    form = soup(await client.get(address, as_=OFFICER))
    assert attribute(element(form, "main [name=category][checked]"), "value") == "targeted"
    assert element(form, "main [name=reasons]").get_text().strip() == "Reading fell."
    assert attribute(element(form, "main [name=school] [selected], main input[name=school]"), "value") == str(
        PARK
    )
    not_shared = soup(await client.get(f"/profiles/{profiles[LOCK]}", as_=OFFICER))
    assert not not_shared.select("main a[href^='/categories/new']")


async def test_only_the_core_team_proposes(client: Client, profiles: Mapping[int, UUID]) -> None:
    assert (await client.get(PAGE, as_=LEAD_OF_NORTH)).status_code == 404
    lead = soup(await client.get(f"/profiles/{profiles[MILL]}", as_=LEAD_OF_NORTH))
    assert not lead.select("main a[href^='/categories/new']")
