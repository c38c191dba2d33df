"""Every state × step × role × interest against a table written by hand, and PostgreSQL with the app bypassed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.categories.access_policy import identify_requester
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import APP_DAY, DatabaseCopy, constraint_of, open_database
from tests.features.agreements.builders import acting
from tests.features.categories.builders import LATER, STATES, put_category, set_interest
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
    MILL,
    NORTHSHIRE,
    OFFICER,
    PERSONAS,
    TWIN_OFFICER,
    Persona,
)
from tests.sampling import sampled

CORE = (OFFICER, HEAD_OF_SERVICE)
WHO = (
    HEAD_OF_MILL,
    DELEGATE_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    DEPUTY_OF_NORTH,
    LEAD_OF_SOUTH,
    OFFICER,
    HEAD_OF_SERVICE,
    ADMINISTRATOR,
    TWIN_OFFICER,
)
INTERESTED = (LEAD_OF_NORTH, DEPUTY_OF_NORTH, HEAD_OF_SERVICE)
DAY = APP_DAY.isoformat()
STEPS = {
    "proposal": {"category": "universal", "reasons": "It rose"},
    "invitation": {},
    "discussion": {"basis": "refusal", "discussed_on": DAY, "discussion": "By email"},
    "panel": {"panel": "own"},
    "moderation": {"category": "targeted", "reasons": ""},
    "agreement": {
        "category": "targeted",
        "reasons": "As moderated",
        "agreed_on": DAY,
        "decision_reference": "Item 4",
    },
    "notification": {},
    "appeal": {"grounds": "Unfair"},
    "hearing": {"outcome": "confirmed", "category": "targeted", "reasons": "It stays"},
    "change": {
        "category": "universal",
        "reasons": "It rose",
        "agreed_on": DAY,
        "decision_reference": "Item 5",
    },
    "withdrawal": {"note": "A mistake"},
}
BEFORE_NOTIFICATION = ("proposed", "discussed", "moderated", "agreed")
ALLOWED: dict[tuple[str, str], tuple[Persona, ...]] = {
    ("proposed", "proposal"): CORE,
    ("proposed", "invitation"): CORE,
    ("proposed", "discussion"): CORE,
    ("proposed", "panel"): CORE,
    ("discussed", "panel"): CORE,
    ("appealed", "panel"): CORE,
    ("discussed", "moderation"): (LEAD_OF_NORTH, DEPUTY_OF_NORTH),
    ("moderated", "agreement"): (HEAD_OF_SERVICE,),
    ("agreed", "notification"): CORE,
    ("notified", "appeal"): (HEAD_OF_MILL,),
    ("appealed", "hearing"): (DEPUTY_OF_NORTH,),
    ("in_force", "change"): (HEAD_OF_SERVICE,),
    **{(state, "withdrawal"): CORE for state in BEFORE_NOTIFICATION},
}
"""Who may take which step in which state without an interest; officer, North’s lead and head of service took part."""

ONLY_WITHOUT_INTEREST = ("moderation", "agreement", "hearing", "change")
CASES = [
    (state, step, who, interest)
    for state in STATES
    for step in STEPS
    for who in WHO
    for interest in ((False, True) if who in INTERESTED else (False,))
]
KEPT = [case for case in CASES if case[2] in ALLOWED.get(case[:2], ())]


def allowed(state: str, step: str, who: Persona, interest: bool) -> bool:
    """Return what was agreed; a lead with an interest does not even see the category."""
    return who in ALLOWED.get((state, step), ()) and not (interest and step in ONLY_WITHOUT_INTEREST)


@pytest.fixture(scope="module")
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def test_every_step_in_every_state_by_everybody(
    module_client: Client, owner: asyncpg.Connection
) -> None:
    """All cases in which somebody may, and a sample of the others."""
    wrong = []
    for state, step, who, interest in (*KEPT, *sampled(CASES, 0.1, "steps of a category")):
        made = await put_category(owner, state)
        await owner.execute("DELETE FROM declared_interest")
        if interest:
            await set_interest(owner, who, MILL)
        answer = await module_client.post(f"/categories/{made}/{step}", STEPS[step], as_=who)
        may = allowed(state, step, who, interest)
        if (answer.status_code == 303) != may or (not may and answer.status_code not in (404, 409)):
            wrong.append(f"{step} in {state} by {who.name}, interest {interest}: {answer.status_code}")
    await owner.execute("DELETE FROM declared_interest")
    assert not wrong, wrong


def readers(state: str) -> set[Persona]:
    """Return who reads the category of Mill in a state."""
    notified = state in ("notified", "appealed", "heard", "in_force", "superseded")
    school = {HEAD_OF_MILL, CHAIR_OF_MILL} if notified else set()
    return school | {LEAD_OF_NORTH, DEPUTY_OF_NORTH, *CORE}


async def test_a_category_is_read_by_those_who_may(
    module_client: Client, module_database: DatabaseCopy, owner: asyncpg.Connection
) -> None:
    """On the page, in the lists and files, and in PostgreSQL without any condition of ours."""
    database = open_database(module_database)
    await owner.execute("DELETE FROM declared_interest")
    await set_interest(owner, DEPUTY_OF_NORTH, MILL)
    for state in STATES:
        made = await put_category(owner, state)
        for one in PERSONAS:
            may = one in readers(state) - {DEPUTY_OF_NORTH}
            page = await module_client.get(f"/categories/{made}", as_=one)
            assert (page.status_code == 200) == may, (state, one.name)
            async with database.transaction(NORTHSHIRE, read_only=True) as session:
                await identify_requester(session, acting(one))
                count = text("SELECT count(*) FROM support_category WHERE id = :id")
                assert bool(await session.scalar(count, {"id": made})) == may, (state, one.name)
    for path in ("/categories", "/categories/list.csv", "/categories/moderation"):
        for one in (DEPUTY_OF_NORTH, LEAD_OF_SOUTH, HEAD_OF_PARK):
            answer = await module_client.get(path, as_=one)
            assert "Mill Primary" not in answer.text, (path, one.name)
    await owner.execute("DELETE FROM declared_interest")
    await database.close()


PAST = APP_DAY - timedelta(days=30)
BYPASSED: list[tuple[Persona, str, dict[str, Any], str, bool, str | None]] = [
    (OFFICER, "proposed", {}, "state = 'discussed'", False, "support_category_discussed"),
    (OFFICER, "proposed", {}, "state = 'moderated'", False, "allowed_transition"),
    (
        OFFICER,
        "proposed",
        {
            "first_invited_on": PAST,
            "first_answer_by": PAST,
            "second_invited_on": APP_DAY,
            "second_answer_by": LATER,
        },
        "state = 'discussed', discussion_basis = 'no_answer', discussed_on = '2026-11-24'",
        False,
        "support_category_discussed",
    ),
    (
        OFFICER,
        "proposed",
        {
            "first_invited_on": PAST - timedelta(days=9),
            "first_answer_by": PAST,
            "second_invited_on": PAST,
            "second_answer_by": PAST,
        },
        "state = 'discussed', discussion_basis = 'no_answer', discussed_on = '2026-11-24'",
        False,
        None,
    ),
    (
        LEAD_OF_NORTH,
        "discussed",
        {},
        "state = 'moderated', moderated_on = '2026-11-24', moderated_by = :me",
        False,
        None,
    ),
    (
        OFFICER,
        "discussed",
        {},
        "state = 'moderated', moderated_by = :me",
        False,
        "support_category_moderated_by_panel",
    ),
    (
        LEAD_OF_NORTH,
        "discussed",
        {},
        "state = 'moderated', reasons_proposed = 'x'",
        False,
        "support_category_own_columns",
    ),
    (LEAD_OF_NORTH, "discussed", {}, "state = 'moderated', moderated_by = :me", True, "unseen"),
    (OFFICER, "moderated", {}, "state = 'agreed', agreed_by = :me", False, "support_category_agreed"),
    (
        HEAD_OF_SERVICE,
        "moderated",
        {},
        "state = 'agreed', agreed_by = :me",
        True,
        "support_category_no_interest",
    ),
    (
        HEAD_OF_SERVICE,
        "moderated",
        {},
        "state = 'agreed', agreed_by = :me, category_agreed = 'universal', agreed_on = '2026-11-24', decision_reference = 'x'",
        False,
        "ck_support_category_reasons_agreed",
    ),
    (
        HEAD_OF_MILL,
        "notified",
        {"appeal_by": PAST},
        "state = 'appealed'",
        False,
        "support_category_appeal_in_time",
    ),
    (HEAD_OF_MILL, "notified", {}, "category_agreed = 'universal'", False, "support_category_own_columns"),
    (HEAD_OF_PARK, "notified", {}, "state = 'appealed'", False, "unseen"),
    (
        HEAD_OF_SERVICE,
        "appealed",
        {},
        "state = 'heard', heard_by = :me",
        False,
        "support_category_heard_by_others",
    ),
    (
        HEAD_OF_SERVICE,
        "in_force",
        {},
        "category = 'universal'",
        False,
        "support_category_changed_by_decision",
    ),
    (OFFICER, "notified", {}, "notified_on = '2026-01-01'", False, "support_category_notified_once"),
    *(
        (who, "in_force", {}, "state = 'superseded'", False, "support_category_by_the_system")
        for who in (HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER)
    ),
    (
        HEAD_OF_MILL,
        "notified",
        {"narrative": True, **dict.fromkeys(("category_proposed", "category_moderated", "category_agreed"))},
        "state = 'in_force'",
        False,
        "support_category_by_the_system",
    ),
    *(
        (LEAD_OF_NORTH, one, {}, "state = 'withdrawn'", False, "support_category_by_the_core_team")
        for one in ("discussed", "agreed")
    ),
    *(
        (OFFICER, state, {}, f"{column} = 'Others wrote this'", False, "support_category_step_is_kept")
        for state, column in (
            ("discussed", "reasons_proposed"),
            ("moderated", "discussion"),
            ("moderated", "reasons_moderated"),
            ("agreed", "reasons_agreed"),
            ("appealed", "appeal_grounds"),
            ("heard", "reasons_heard"),
        )
    ),
    (HEAD_OF_MILL, "appealed", {}, "appeal_grounds = 'Later'", False, "support_category_step_is_kept"),
    (
        LEAD_OF_NORTH,
        "agreed",
        {},
        "category_moderated = 'universal', reasons_moderated = 'x'",
        False,
        "support_category_step_is_kept",
    ),
    (
        OFFICER,
        "agreed",
        {},
        "category_agreed = 'universal', reasons_agreed = 'x'",
        False,
        "support_category_step_is_kept",
    ),
]


@pytest.mark.parametrize(("who", "state", "more", "change", "interest", "refused"), BYPASSED)
async def test_postgresql_refuses_each_step_without_its_condition(
    module_database: DatabaseCopy,
    owner: asyncpg.Connection,
    who: Persona,
    state: str,
    more: dict[str, Any],
    change: str,
    interest: bool,
    refused: str | None,
) -> None:
    """`unseen` rows are changed by nobody; without a constraint the step is taken."""
    made = await put_category(owner, state, **more)
    if interest:
        await set_interest(owner, who, MILL)
    database = open_database(module_database)
    happened: str | None = None
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(who))
            values = {"id": made} | ({"me": who.person_id} if ":me" in change else {})
            sql = text(f"UPDATE support_category SET {change} WHERE id = :id RETURNING id")
            happened = None if (await session.execute(sql, values)).all() else "unseen"
    except DBAPIError as error:
        happened = constraint_of(error)
    await owner.execute("DELETE FROM declared_interest")
    await database.close()
    assert happened == refused


async def test_a_category_begins_as_a_proposal_without_later_steps(
    module_database: DatabaseCopy, owner: asyncpg.Connection
) -> None:
    """An officer cannot insert one whose moderation, decision or appeal is written already."""
    await owner.execute("DELETE FROM support_category WHERE school_urn = $1", MILL)
    database = open_database(module_database)
    for column, value in (("category_moderated", "universal"), ("heard_on", DAY), ("in_force_on", DAY)):
        with pytest.raises(DBAPIError) as error:
            await _insert(database, column, value)
        assert constraint_of(error.value) == "support_category_begins_as_a_proposal", column
    await database.close()


async def _insert(database: Database, column: str, value: str) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(OFFICER))
        await session.execute(
            text(
                "INSERT INTO support_category (authority_id, school_urn, academic_year, phase, state, category_proposed,"
                f" reasons_proposed, proposed_on, {column}) VALUES (:authority, :urn, '2026-27', 'primary', 'proposed',"
                f" 'targeted', 'x', '{DAY}', '{value}')"
            ),
            {"authority": NORTHSHIRE, "urn": MILL},
        )
