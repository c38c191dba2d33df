"""Labels of schools: recorded, proposed by inspections, ended, read by those who may read the profile, no category changed."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.models import InspectionOutcome
from alongside.platform.access.principal import system
from tests.client import Client, soup, words
from tests.databases import APP_DAY, DatabaseCopy, constraint_of, open_database
from tests.features.agreements.builders import acting
from tests.features.categories.builders import put_category
from tests.features.performance.builders import an_import
from tests.features.profiles.stored import calculated, store_figures, usual_figures
from tests.personas import (
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    PERSONAS,
    QUAY,
    SCHOOLS,
    TWIN_OFFICER,
    Persona,
)

CORE = {OFFICER, HEAD_OF_SERVICE}
PAST = APP_DAY - timedelta(days=60)
INSPECTED = APP_DAY - timedelta(days=30)
SOURCE = "Letter of the DfE, 1 September 2026"
LABEL = {"school": str(MILL), "label": "rise_eligible", "starts_on": PAST.isoformat(), "source": SOURCE}
Profiles = dict[int, UUID]


@pytest.fixture(scope="module")
async def profiles(module_database: DatabaseCopy) -> Profiles:
    """Calculated profiles of all schools of the tests; nobody but the core team reads them yet."""
    database = open_database(module_database)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await store_figures(session, usual_figures())
        return await calculated(database)
    finally:
        await database.close()


@pytest.fixture
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that passes triggers and row policies; labels, categories and outcomes are gone afterwards."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    for table in ("school_label", "support_category", "inspection_outcome"):
        await connection.execute(f"DELETE FROM {table}")
    await connection.close()


async def _record(client: Client, **changes: str) -> str:
    """Record a label; returns the address of its end."""
    made = await client.post("/school-labels", LABEL | changes, as_=OFFICER)
    assert made.status_code == 303, words(made)
    page = soup(await client.get("/school-labels", as_=OFFICER))
    return next(str(one["href"]) for one in page.select('main a[href$="/end"]'))


async def _judge(copy: DatabaseCopy, urn: int, area: str, judgement: str, day: date = INSPECTED) -> None:
    database = open_database(copy)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, system(NORTHSHIRE, APP_DAY))
            outcome = {"inspected_on": day, "framework": "Report card", "area": area, "judgement": judgement}
            of_import = {"import_id": await an_import(session), "row_number": 2}
            await session.execute(
                insert(InspectionOutcome).values(
                    authority_id=NORTHSHIRE, school_urn=urn, published_urn=urn, **outcome, **of_import
                )
            )
    finally:
        await database.close()


async def test_a_label_is_recorded_shown_ended_and_exported(
    module_client: Client, owner: asyncpg.Connection, profiles: Profiles
) -> None:
    await module_client.post(f"/profiles/{profiles[MILL]}/sharing", {}, as_=OFFICER)
    end = await _record(module_client)
    for path in (f"/profiles/{profiles[MILL]}", f"/schools/{MILL}"):
        for one in (HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER):
            shown = words(await module_client.get(path, as_=one))
            assert "RISE-eligible" in shown and SOURCE in shown and "2026-27" in shown, (path, one.name)
        assert "RISE-eligible" not in words(await module_client.get(f"/schools/{MILL}", as_=HEAD_OF_PARK))
    late = {"ends_on": (APP_DAY + timedelta(days=1)).isoformat(), "note": "It improved"}
    refused = await module_client.post(end, late, as_=OFFICER)
    assert refused.status_code == 422 and "It improved" in refused.text
    assert (
        await module_client.post(end, late | {"ends_on": APP_DAY.isoformat(), "note": " "}, as_=OFFICER)
    ).status_code == 422
    ended = {"ends_on": APP_DAY.isoformat(), "note": "It improved"}
    assert (await module_client.post(end, ended, as_=OFFICER)).status_code == 303
    assert (await module_client.post(end, ended, as_=OFFICER)).status_code == 409
    assert "It improved" in words(await module_client.get(f"/schools/{MILL}", as_=HEAD_OF_MILL))
    assert "No labels here" in words(await module_client.get("/school-labels", as_=OFFICER))
    assert "It improved" in words(await module_client.get("/school-labels?ended=yes", as_=OFFICER))
    file = await module_client.get("/school-labels/labels.csv", as_=OFFICER)
    row = next(iter(csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")))))
    assert row["School"] == SCHOOLS[MILL]
    assert (row["From"], row["Until"]) == (PAST.isoformat(), APP_DAY.isoformat())
    assert row["Rule version"] == "2026-27" and row["Reason for the end"] == "It improved"
    verbs = await owner.fetch("SELECT verb FROM audit_entry WHERE subject_kind = 'school_label' ORDER BY id")
    assert [one["verb"] for one in verbs][-2:] == ["record_label", "end_label"]


@pytest.mark.usefixtures("owner")
async def test_a_refused_record_names_its_cause_and_keeps_the_text(module_client: Client) -> None:
    await _record(module_client)
    for changes, error in (
        ({"school": ""}, "Choose a school from the list"),
        ({"label": "grade_4"}, "Select a label"),
        ({"starts_on": (APP_DAY + timedelta(days=1)).isoformat()}, "Enter a date that is today or earlier"),
        ({"source": " "}, "Enter the source"),
        (
            {"starts_on": INSPECTED.isoformat(), "source": "Another"},
            "The school has this label on that day already",
        ),
    ):
        refused = await module_client.post("/school-labels", LABEL | changes, as_=OFFICER)
        assert refused.status_code == 422 and error in words(refused), changes
    assert 'value="Another"' in refused.text


async def test_a_label_changes_no_category(
    module_client: Client, module_database: DatabaseCopy, owner: asyncpg.Connection, profiles: Profiles
) -> None:
    """Neither the category of the school nor the proposal of its profile."""
    await put_category(owner, "in_force", urn=MILL, category="universal")
    await put_category(owner, "proposed", urn=PARK)
    before = await owner.fetch("SELECT * FROM support_category ORDER BY id")
    proposed = await owner.fetch("SELECT * FROM profile ORDER BY id")
    for label in ("special_measures", "floor", "at_risk", "requires_significant_improvement"):
        await _record(module_client, label=label)
        await _record(module_client, label=label, school=str(PARK))
    assert await owner.fetch("SELECT * FROM support_category ORDER BY id") == before
    assert await owner.fetch("SELECT * FROM profile ORDER BY id") == proposed
    database = open_database(module_database)
    assert await calculated(database) == profiles
    await database.close()
    assert await owner.fetch("SELECT * FROM profile ORDER BY id") == proposed


@pytest.mark.usefixtures("owner", "profiles")
async def test_an_inspection_proposes_a_label_that_a_person_confirms_or_rejects(
    module_client: Client, module_database: DatabaseCopy
) -> None:
    """Only the latest inspection counts; one label is proposed, and not again once confirmed or rejected."""
    await _judge(module_database, MILL, "Leadership and governance", "Urgent improvement")
    await _judge(module_database, MILL, "Achievement", "Urgent improvement")
    await _judge(module_database, PARK, "Inclusion", "urgent improvement")
    await _judge(module_database, QUAY, "Achievement", "Urgent improvement", PAST)
    await _judge(module_database, QUAY, "Achievement", "Expected standard")
    await _judge(module_database, LOCK, "Achievement", "Needs attention")
    page = await module_client.get("/school-labels", as_=OFFICER)
    rows = [" ".join(one.get_text(" ").split()) for one in soup(page).select("main tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith(f"{SCHOOLS[MILL]} Special measures")
    assert rows[1].startswith(f"{SCHOOLS[PARK]} Requires significant improvement")
    links = [str(one["href"]) for one in soup(page).select("main tbody a")]
    form = soup(await module_client.get(next(one for one in links if "/new?" in one), as_=OFFICER))
    checked = {str(one["value"]) for one in form.select("main option[selected], main input[checked]")}
    assert checked == {str(MILL), "special_measures"}
    confirmed = {"label": "special_measures", "starts_on": INSPECTED.isoformat()}
    await _record(module_client, **confirmed)
    wrong = (
        LABEL
        | {"school": str(PARK), "label": "requires_significant_improvement"}
        | {"note": "Safeguarding only"}
    )
    wrong |= {"starts_on": INSPECTED.isoformat()}
    empty = await module_client.post("/school-labels/rejections", wrong | {"note": ""}, as_=OFFICER)
    assert empty.status_code == 422 and "Enter why the label is wrong" in words(empty)
    assert (await module_client.post("/school-labels/rejections", wrong, as_=OFFICER)).status_code == 303
    left = words(await module_client.get("/school-labels", as_=OFFICER))
    assert "Proposed by inspections" not in left
    for one in (HEAD_OF_PARK, LEAD_OF_SOUTH):
        assert "Safeguarding only" not in words(await module_client.get(f"/schools/{PARK}", as_=one))


READERS: dict[str, set[Persona]] = {
    "calculated": CORE,
    "shared": CORE | {HEAD_OF_MILL, DELEGATE_OF_MILL, LEAD_OF_NORTH},
    "read by the school": CORE | {HEAD_OF_MILL, DELEGATE_OF_MILL, LEAD_OF_NORTH, CHAIR_OF_MILL},
    "rejected": CORE,
}
"""Who reads a label of Mill in which state of its profile; the deputy of North has an interest in it."""


@pytest.mark.parametrize("state", READERS)
async def test_postgresql_shows_a_label_to_those_who_may_read_the_profile(
    module_database: DatabaseCopy, owner: asyncpg.Connection, profiles: Profiles, state: str
) -> None:
    """With the app bypassed: no condition of ours in the statement."""
    await owner.execute(
        "UPDATE profile SET state = CASE WHEN $2 THEN 'shared' ELSE 'calculated' END, shared_at = CASE WHEN $2 THEN now() END, governors_from = CASE WHEN $3 THEN now() END"
        " WHERE id = $1",
        profiles[MILL],
        state != "calculated",
        state in ("read by the school", "rejected"),
    )
    await owner.execute(
        "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES ($1, $2, $3, 'family')"
        " ON CONFLICT DO NOTHING",
        NORTHSHIRE,
        DEPUTY_OF_NORTH.person_id,
        MILL,
    )
    await owner.execute(
        "INSERT INTO school_label (authority_id, school_urn, label, starts_on, ends_on, end_reason, rule_version, source)"
        " VALUES ($1, $2, 'floor', $3, $4, $5, '1', 'x')",
        NORTHSHIRE,
        MILL,
        PAST,
        *((PAST, "wrong") if state == "rejected" else (None, "")),
    )
    database = open_database(module_database)
    found = set()
    for one in PERSONAS:
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            await identify_requester(session, acting(one))
            if await session.scalar(text("SELECT count(*) FROM school_label")):
                found.add(one)
    await database.close()
    assert {one.name for one in found} == {one.name for one in READERS[state]}


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("who", "starts_on", "ends_on", "reason", "refused"),
    [
        (OFFICER, PAST, None, "", "ex_school_label_one_at_a_time"),
        (OFFICER, PAST - timedelta(days=9), PAST + timedelta(days=1), "x", "ex_school_label_one_at_a_time"),
        (OFFICER, PAST - timedelta(days=9), PAST, "x", None),
        (OFFICER, PAST - timedelta(days=9), PAST - timedelta(days=8), " ", "ck_school_label_end_reason"),
        (
            OFFICER,
            PAST - timedelta(days=9),
            PAST - timedelta(days=10),
            "x",
            "ck_school_label_ends_after_start",
        ),
        (HEAD_OF_MILL, PAST - timedelta(days=9), PAST, "x", "policy"),
        (LEAD_OF_NORTH, PAST - timedelta(days=9), PAST, "x", "policy"),
        (ADMINISTRATOR, PAST - timedelta(days=9), PAST, "x", "policy"),
    ],
)
async def test_postgresql_refuses_what_the_page_refuses(
    module_client: Client,
    module_database: DatabaseCopy,
    who: Persona,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    refused: str | None,
) -> None:
    """Raw SQL as the app’s role, beside a label in force."""
    await _record(module_client)
    database = open_database(module_database)
    happened: str | None = None
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(who))
            await session.execute(
                text(
                    "INSERT INTO school_label (authority_id, school_urn, label, starts_on, ends_on, end_reason,"
                    " rule_version, source) VALUES (:authority, :urn, 'rise_eligible', :starts_on, :ends_on,"
                    " :reason, '1', 'x')"
                ),
                {
                    "authority": NORTHSHIRE,
                    "urn": MILL,
                    "starts_on": starts_on,
                    "ends_on": ends_on,
                    "reason": reason,
                },
            )
    except IntegrityError as error:
        happened = constraint_of(error)
    except DBAPIError as error:
        happened = "policy" if "row-level security" in str(error) else str(error)
    await database.close()
    assert happened == refused


async def test_only_the_core_team_manages_labels(module_client: Client, owner: asyncpg.Connection) -> None:
    end = await _record(module_client)
    for one in (*PERSONAS, TWIN_OFFICER):
        if one not in CORE:
            for path in ("/school-labels", "/school-labels/labels.csv", "/school-labels/new", end):
                answer = await module_client.get(path, as_=one)
                twin = one is TWIN_OFFICER and path != end
                assert answer.status_code in ((200,) if twin else (403, 404)), (path, one.name)
                assert not twin or SOURCE not in answer.text
            assert (
                await module_client.post(end, {"ends_on": APP_DAY.isoformat(), "note": "x"}, as_=one)
            ).status_code in (403, 404)
    assert await owner.fetchval("SELECT count(*) FROM school_label WHERE ends_on IS NULL") == 1
