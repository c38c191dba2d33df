"""When a role ends, what is assigned to the person goes to a successor or to the core team; nothing is without an owner."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

import alongside.models_registry  # noqa: F401  (declares every table)
from alongside.feature_list import FEATURES
from alongside.features.data_retention.personal_data_map import about_people
from alongside.features.escalations.state_changes.actions import assign_escalation
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import owned_tables
from alongside.platform.database.session import Database
from alongside.platform.handovers import Handover
from tests.client import Client, words
from tests.databases import APP_DAY
from tests.features.escalations.builders import a_decided_escalation, acting, ask_as, look, notified
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    SCHOOLS,
)

END_OFFICER = f"/people/appointments/{OFFICER.role_assignment_id}/end"
HISTORY = {"escalation_overruling.officer_id", "motion_overruling.officer_id"}
"""Columns that say who did something and are not called “…_by”."""


def test_every_column_that_assigns_work_is_handed_over() -> None:
    """A column of a person says who did something (“…_by”), whose row it is, or is declared in a handover."""
    declared = {
        column
        for feature in FEATURES
        for one in feature.load(feature.handovers, Handover)
        for column in one.columns
    }
    columns = {
        f"{table.name}.{name}"
        for table in owned_tables(Base.metadata)
        for name in about_people(table)
        if table.name != "person" and not name.endswith("_by") and name != "person_id"
    }
    assert columns - HISTORY == declared


async def owned(database: Database, *, task_of: UUID = OFFICER.person_id) -> UUID:
    """Return an escalation of the officer, with a task, and cover that the officer gives next week."""
    escalation_id = await a_decided_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await assign_escalation(session, acting(HEAD_OF_SERVICE), escalation_id, OFFICER.person_id)
        await ask_as(session, OFFICER)
        await session.execute(
            text(
                "INSERT INTO escalation_task (authority_id, escalation_id, state, what, owner_id, owner_name, due_on)"
                " VALUES (:authority, :escalation, 'open', 'Visit the school', :owner, 'Somebody', :day)"
            ),
            {"authority": NORTHSHIRE, "escalation": escalation_id, "owner": task_of, "day": APP_DAY},
        )
        await session.execute(
            text(
                "INSERT INTO leave_cover (authority_id, away_id, cover_id, starts_on, ends_on)"
                " VALUES (:authority, :away, :cover, :day, :day)"
            ),
            {
                "authority": NORTHSHIRE,
                "away": HEAD_OF_SERVICE.person_id,
                "cover": OFFICER.person_id,
                "day": APP_DAY + timedelta(days=7),
            },
        )
    return escalation_id


async def test_an_officer_hands_over_to_a_colleague(client: Client, database: Database) -> None:
    """The administrator sees numbers and no school, because they may not read escalations."""
    escalation_id = await owned(database)
    shown = words(await client.get(END_OFFICER, as_=ADMINISTRATOR))
    assert "1 escalation" in shown and "1 task in an escalation" in shown
    assert "Hal Service, Head of service" in shown and "the core team assigns it" in shown
    assert SCHOOLS[MILL] not in shown and "Ola Officer, Core" not in shown
    nobody = await client.post(END_OFFICER, {"successor": str(HEAD_OF_MILL.person_id)}, as_=ADMINISTRATOR)
    assert nobody.status_code == 422
    assert (await look(database, escalation_id)).owner_id == OFFICER.person_id
    chosen = {"successor": str(HEAD_OF_SERVICE.person_id)}
    assert (await client.post(END_OFFICER, chosen, as_=ADMINISTRATOR)).status_code == 303
    assert (await look(database, escalation_id)).owner_id == HEAD_OF_SERVICE.person_id
    (task,) = await look(database, escalation_id, "escalation_task")
    assert (task.owner_id, task.owner_name) == (HEAD_OF_SERVICE.person_id, "Hal Service")
    assert "escalation_assigned" in await notified(database, HEAD_OF_SERVICE)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert await session.scalar(text("SELECT count(*) FROM leave_cover")) == 0
    page = words(await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_SERVICE))
    assert "handed over the work of a person who left" in page


async def test_without_a_successor_or_with_an_interest_it_goes_to_the_core_team(
    client: Client, database: Database
) -> None:
    escalation_id = await owned(database, task_of=LEAD_OF_NORTH.person_id)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind, words)"
                " VALUES (:authority, :person, :urn, 'other', 'Family')"
            ),
            {"authority": NORTHSHIRE, "person": HEAD_OF_SERVICE.person_id, "urn": MILL},
        )
    chosen = {"successor": str(HEAD_OF_SERVICE.person_id)}
    leaving = f"/people/{OFFICER.person_id}/departure"
    assert (await client.post(leaving, chosen, as_=ADMINISTRATOR)).status_code == 303
    assert (await look(database, escalation_id)).owner_id is None
    (task,) = await look(database, escalation_id, "escalation_task")
    assert task.owner_id == LEAD_OF_NORTH.person_id
    assert "1 escalation that nobody has taken" in words(await client.get("/consortium", as_=HEAD_OF_SERVICE))
    end = f"/people/appointments/{LEAD_OF_NORTH.role_assignment_id}/end"
    shown = words(await client.get(end, as_=ADMINISTRATOR))
    assert "Dee North can do it" in shown and "Dee North, Deputy consortium lead" in shown
    assert (await client.post(end, {}, as_=ADMINISTRATOR)).status_code == 303
    (task,) = await look(database, escalation_id, "escalation_task")
    assert (task.owner_id, task.owner_name) == (None, "Core team")


async def test_those_who_answer_for_a_school_are_told_when_nobody_acts_for_it(
    client: Client, database: Database
) -> None:
    head, delegate = (
        f"/people/appointments/{one.role_assignment_id}/end" for one in (HEAD_OF_MILL, DELEGATE_OF_MILL)
    )
    assert "Dele Mill can do it" in words(await client.get(head, as_=ADMINISTRATOR))
    assert (await client.post(head, {}, as_=ADMINISTRATOR)).status_code == 303
    assert await notified(database, LEAD_OF_NORTH) == []
    assert "Nobody else acts for Mill Primary School" in words(await client.get(delegate, as_=ADMINISTRATOR))
    assert (await client.post(delegate, {}, as_=ADMINISTRATOR)).status_code == 303
    assert (
        await notified(database, LEAD_OF_NORTH)
        == await notified(database, DEPUTY_OF_NORTH)
        == ["nobody_acts"]
    )
    assert await notified(database, OFFICER) == []
