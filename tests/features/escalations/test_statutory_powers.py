"""Statutory steps and overruling: PostgreSQL rejects rows without law, order, ground or officer."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.errors import ActionRefused, NotFound
from alongside.features.escalations.access_log.actions import name_reader
from alongside.features.escalations.models import STEP_UP
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.statutory.actions import overrule_heads, record_statutory_step
from alongside.features.escalations.statutory.forms import WrittenOverruling, WrittenStep
from alongside.features.escalations.statutory.steps import GROUNDS, NOTICES, STEPS
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import cause_of
from tests.features.escalations.builders import (
    CHALLENGE,
    TODAY,
    a_running_escalation,
    acting,
    an_escalation,
    ask_as,
    look,
    notified,
)
from tests.personas import (
    DEPUTY_OF_NORTH,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

OVERRULED: WrittenOverruling = {
    "ground": "standards",
    "legal_basis": "Education and Inspections Act 2006, section 60",
    "decided": "To leave the review to the school",
    "instead": "We review reading ourselves in January",
    "reason": "Results have fallen for three years",
}


def step(kind: str, **other: Any) -> WrittenStep:
    """A step with all that it needs."""
    notice = kind in NOTICES
    usual: WrittenStep = {
        "kind": kind,
        "taken_on": TODAY,
        "legal_basis": STEPS[kind].basis,
        "words": "Standards in reading",
        "recipients": ["chair", "head", "dfe", "ofsted"] if notice else [],
        "notice_reference": "SI/2026/14" if notice else "",
        "notice_on": TODAY if notice else None,
        "comply_by_on": TODAY + timedelta(days=60) if kind == "warning_notice" else None,
        "eligible_by": "special_measures" if kind == "eligible_for_intervention" else None,
        "urgent_because": "",
    }
    return cast("WrittenStep", usual | other)


async def maintained(database: Database, group: str | None = "Local authority maintained schools") -> None:
    """What the register says that Mill is."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE school SET type_group = :g WHERE urn = :u"), {"g": group, "u": MILL}
        )


async def a_stepped_up_escalation(database: Database) -> UUID:
    """An escalation of Mill on the ladder."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.change_level(session, acting(OFFICER), escalation_id, STEP_UP, "No better")
    return escalation_id


async def raw(database: Database, one: Persona, sql: str, **values: Any) -> str:
    """What PostgreSQL says to a bare statement: the promise broken, the policy, or nothing."""
    async with database.transaction(NORTHSHIRE) as session:
        await ask_as(session, one)
        try:
            await session.execute(text(sql), values)
        except DBAPIError as refused:
            cause: Any = cause_of(refused)
            return str(getattr(cause, "constraint_name", None) or cause.column_name or cause.sqlstate)
        finally:
            await session.rollback()
    return ""


STEP_SQL = """
    INSERT INTO statutory_step (authority_id, escalation_id, kind, taken_on, legal_basis, words, recipients, notice_reference, notice_on,
                                comply_by_on, eligible_by, urgent_because, recorded_by)
    VALUES (901, :escalation_id, :kind, :taken_on, :legal_basis, :words, :recipients, :notice_reference, :notice_on,
            :comply_by_on, :eligible_by, :urgent_because, :by)
"""


async def test_who_was_not_told_of_an_escalation_hears_nothing_of_an_overruling(database: Database) -> None:
    escalation_id = await an_escalation(database, why_wait="The head starts on Monday")
    async with database.transaction(NORTHSHIRE) as session:
        await overrule_heads(session, acting(HEAD_OF_SERVICE), escalation_id, OVERRULED)
    assert await notified(database, HEAD_OF_MILL) == []
    assert "escalation_overruled" in await notified(database, LEAD_OF_NORTH)


async def test_the_ladder_is_climbed_step_by_step(database: Database) -> None:
    """Each step in its turn; everybody with a seat is told of each."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        for kind in STEPS:
            if kind not in ("complied", "ended"):
                await record_statutory_step(session, acting(OFFICER), escalation_id, step(kind))
        await record_statutory_step(session, acting(OFFICER), escalation_id, step("ended"))
    assert len(await look(database, escalation_id, "statutory_step")) == len(STEPS) - 1
    assert "escalation_step" in await notified(database, HEAD_OF_MILL)


async def test_a_step_out_of_its_turn_is_refused_by_postgresql_too(database: Database) -> None:
    """Each of them; with an urgent reason it is taken, where haste is possible at all."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    values = {"escalation_id": escalation_id, "by": OFFICER.person_id}
    for kind in (key for key, one in STEPS.items() if one.after):
        with pytest.raises(ActionRefused, match="before this one"):
            async with database.transaction(NORTHSHIRE) as session:
                await record_statutory_step(session, acting(OFFICER), escalation_id, step(kind))
        assert await raw(database, OFFICER, STEP_SQL, **step(kind), **values) == "step_in_turn", kind
        urgent = step(kind, urgent_because="An inspection on Monday")
        wanted = "" if STEPS[kind].urgent else "step_in_turn"
        assert await raw(database, OFFICER, STEP_SQL, **urgent, **values) == wanted, kind


async def test_statutory_powers_do_not_reach_other_schools(database: Database) -> None:
    """Neither as an outcome nor as a step; what the register does not say is not taken for granted."""
    escalation_id, fresh = await a_stepped_up_escalation(database), await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), fresh)
    by = {"escalation_id": escalation_id, "by": OFFICER.person_id}
    for group in ("Academies", "Free Schools", "Independent schools", None):
        await maintained(database, group)
        with pytest.raises(ActionRefused, match="regions group"):
            async with database.transaction(NORTHSHIRE) as session:
                await record_statutory_step(session, acting(OFFICER), escalation_id, step("informal_concern"))
        assert await raw(database, OFFICER, STEP_SQL, **step("informal_concern"), **by) == "maintained_only"
        with pytest.raises(ActionRefused, match="regions group"):
            async with database.transaction(NORTHSHIRE) as session:
                await actions.decide_escalation(
                    session, acting(OFFICER), fresh, {**CHALLENGE, "outcome": "statutory"}
                )
    await maintained(database)
    assert await raw(database, OFFICER, STEP_SQL, **step("informal_concern"), **by) == "", "the control"


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"legal_basis": ""}, "ck_statutory_step_legal_basis"),
    ({"words": ""}, "ck_statutory_step_words"),
    ({"notice_on": None, "comply_by_on": None}, "ck_statutory_step_compliance_period"),
    ({"notice_reference": ""}, "ck_statutory_step_notice"),
    ({"recipients": ["head", "dfe", "ofsted"]}, "ck_statutory_step_notice"),
    ({"recipients": ["chair", "head", "dfe", "ofsted", "press"]}, "ck_statutory_step_recipients"),
    ({"comply_by_on": TODAY - timedelta(days=1)}, "ck_statutory_step_dates"),
    ({"comply_by_on": None}, "ck_statutory_step_compliance_period"),
]


async def test_a_warning_notice_lacks_nothing(database: Database) -> None:
    """Law, words, letter, recipients and days, or PostgreSQL refuses the row."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    by = {"escalation_id": escalation_id, "by": OFFICER.person_id}
    for missing, promise in LACKING:
        values = step("warning_notice", urgent_because="An inspection") | missing
        assert await raw(database, OFFICER, STEP_SQL, **values, **by) == promise, missing


OVERRULE_SQL = """
    INSERT INTO escalation_overruling (authority_id, escalation_id, ground, legal_basis, decided, instead, reason, officer_id, at)
    VALUES (901, :escalation_id, :ground, :legal_basis, :decided, :instead, :reason, :officer, {at})
"""


async def test_nothing_is_overruled_without_ground_law_reason_officer_and_time(database: Database) -> None:
    """PostgreSQL refuses each row that lacks one; on a whole one it is silent: the control."""
    escalation_id = await a_running_escalation(database)
    whole = {**OVERRULED, "escalation_id": escalation_id, "officer": HEAD_OF_SERVICE.person_id}
    sql = OVERRULE_SQL.format(at="now()")
    for missing, promise in (
        ({"ground": None}, "ground"),
        ({"ground": ""}, "ck_escalation_overruling_ground"),
        ({"ground": "because"}, "ck_escalation_overruling_ground"),
        ({"legal_basis": None}, "legal_basis"),
        ({"legal_basis": "  "}, "ck_escalation_overruling_legal_basis"),
        ({"reason": None}, "reason"),
        ({"reason": " "}, "ck_escalation_overruling_reason"),
        ({"decided": " "}, "ck_escalation_overruling_decided"),
        ({"instead": ""}, "ck_escalation_overruling_instead"),
        ({"officer": None}, "42501"),
        ({"officer": OFFICER.person_id}, "42501"),
    ):
        assert await raw(database, HEAD_OF_SERVICE, sql, **(whole | missing)) == promise, missing
    assert await raw(database, HEAD_OF_SERVICE, OVERRULE_SQL.format(at="NULL"), **whole) == "at"
    for one in (OFFICER, LEAD_OF_NORTH, HEAD_OF_MILL):
        own = whole | {"officer": one.person_id}
        assert await raw(database, one, sql, **own) == "42501", one.name
    assert await raw(database, HEAD_OF_SERVICE, sql, **whole) == ""
    assert len(GROUNDS) == 8


async def test_every_seat_is_told_at_once_and_nobody_else(database: Database) -> None:
    """The leads, the officers, the head, the named member of the board; no other head, no other consortium."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await name_reader(session, acting(OFFICER), escalation_id, HEAD_OF_LOCK.person_id, "Board member")
        await overrule_heads(session, acting(HEAD_OF_SERVICE), escalation_id, OVERRULED)
    for one in (LEAD_OF_NORTH, DEPUTY_OF_NORTH, OFFICER, HEAD_OF_MILL, HEAD_OF_LOCK):
        assert (await notified(database, one))[-1] == "escalation_overruled", one.name
    for one in (HEAD_OF_SERVICE, LEAD_OF_SOUTH, HEAD_OF_QUAY):
        assert "escalation_overruled" not in await notified(database, one), one.name
    (row,) = await look(database, escalation_id, "escalation_overruling")
    assert (row.officer_id, row.ground) == (HEAD_OF_SERVICE.person_id, "standards")
    for one in (OFFICER, LEAD_OF_NORTH):
        with pytest.raises(NotFound):
            async with database.transaction(NORTHSHIRE) as session:
                await overrule_heads(session, acting(one), escalation_id, OVERRULED)


async def test_the_page_names_what_an_overruling_lacks(client: Client) -> None:
    """Each field with its cure; the escalation is as it was."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    answer = await client.post(
        f"/escalations/{escalation_id}/overruling", {"reason": "We say so"}, as_=HEAD_OF_SERVICE
    )
    assert answer.status_code == 422
    assert "Select a statutory ground. Without one you cannot overrule the decision" in answer.text
    assert "We say so" in answer.text
    assert await look(database, escalation_id, "escalation_overruling") == []
