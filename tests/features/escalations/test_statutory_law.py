"""The statutory ladder follows the law: who gets a notice, what makes a school eligible, when powers lapse.

Sources: Education and Inspections Act 2006, sections 60 to 66 and Schedule 6; Education and Adoption Act 2016, section 2.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.escalations.models import STEP_DOWN
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.statutory.actions import record_statutory_step
from alongside.features.escalations.statutory.steps import (
    LIMITED,
    POWERS,
    STEPS,
    last_notice,
    legal_obstacle,
    powers_lapse_on,
)
from alongside.platform.database.session import Database
from tests.client import Client
from tests.features.escalations.builders import END, TODAY, acting, look
from tests.features.escalations.test_statutory_powers import (
    STEP_SQL,
    a_stepped_up_escalation,
    maintained,
    raw,
    step,
)
from tests.personas import MILL, NORTHSHIRE, OFFICER

GIVEN = TODAY - timedelta(days=120)


async def take(database: Database, escalation_id: UUID, kind: str, **other: Any) -> None:
    """Record a step as the officer."""
    async with database.transaction(NORTHSHIRE) as session:
        await record_statutory_step(session, acting(OFFICER), escalation_id, step(kind, **other))


async def a_notice(database: Database, comply_by_on: date) -> UUID:
    """An escalation of a maintained school with a warning notice, given 120 days ago."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    urgent = {"urgent_because": "Results of this summer"}
    given = {"taken_on": GIVEN, "notice_on": GIVEN, "comply_by_on": comply_by_on}
    await take(database, escalation_id, "warning_notice", **urgent, **given)
    return escalation_id


def proposed(**other: Any) -> dict[str, Any]:
    """Eligible by a warning notice, with the notice in writing that powers are proposed."""
    notice_reference = {"notice_reference": "SI/2026/20", "notice_on": TODAY, "recipients": ["chair"]}
    return {"eligible_by": "warning_notice", **notice_reference, **other}


async def refused(database: Database, escalation_id: UUID, kind: str, **other: Any) -> str:
    """What PostgreSQL says to the step with Python left out."""
    values = step(kind, **other) | {"escalation_id": escalation_id, "by": OFFICER.person_id}
    return await raw(database, OFFICER, STEP_SQL, **values)


@pytest.mark.parametrize("found", ["significant_improvement", "special_measures"])
async def test_an_inspection_alone_makes_a_school_eligible(database: Database, found: str) -> None:
    """No warning notice, no urgent reason; the powers follow, and do not lapse (sections 61 and 62)."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    await take(
        database,
        escalation_id,
        "eligible_for_intervention",
        eligible_by=found,
        taken_on=TODAY - timedelta(days=200),
    )
    for power in POWERS:
        assert await refused(database, escalation_id, power) == "", power


async def test_no_power_without_eligibility_however_urgent(database: Database) -> None:
    """Sections 63 to 66 begin with a school that is eligible; only mismanagement suspends a budget without that."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    for power in POWERS:
        assert await refused(database, escalation_id, power, urgent_because="At once") == "step_in_turn", (
            power
        )
    assert await refused(database, escalation_id, "suspend_delegation", eligible_by="mismanagement") == ""
    assert await refused(database, escalation_id, "arrangements", eligible_by="mismanagement") != ""


async def test_nothing_follows_a_notice_before_its_compliance_period_ends(database: Database) -> None:
    """Section 60(1)(b): refused on the last day of the period, by the action and by PostgreSQL; taken the day after."""
    escalation_id = await a_notice(database, TODAY)
    with pytest.raises(ActionRefused, match="compliance period has not ended"):
        await take(database, escalation_id, "eligible_for_intervention", **proposed())
    said = await refused(database, escalation_id, "eligible_for_intervention", **proposed())
    assert said == "compliance_period_over"
    other = await a_notice(database, TODAY - timedelta(days=1))
    assert await refused(database, other, "eligible_for_intervention", **proposed()) == ""


async def test_eligibility_by_a_notice_needs_the_notice_that_powers_are_proposed(database: Database) -> None:
    """Section 60(1)(d): reasonable notice in writing to the governing body; and a notice not complied with."""
    escalation_id = await a_notice(database, TODAY - timedelta(days=5))
    for lacking in ({"notice_reference": ""}, {"notice_on": None}, {"recipients": ["head"]}):
        said = await refused(database, escalation_id, "eligible_for_intervention", **proposed(**lacking))
        assert said == "ck_statutory_step_powers_proposed", lacking
    said = await refused(database, escalation_id, "eligible_for_intervention", **proposed(eligible_by=None))
    assert said == "ck_statutory_step_eligible_by"
    await take(database, escalation_id, "complied")
    said = await refused(database, escalation_id, "eligible_for_intervention", **proposed())
    assert said == "not_complied_with"


async def test_powers_lapse_two_months_after_the_compliance_period(database: Database) -> None:
    """Sections 63(3), 64(2) and 66; an interim executive board (section 65) has no such limit."""
    ended = TODAY - timedelta(days=90)
    escalation_id = await a_notice(database, ended)
    await take(
        database,
        escalation_id,
        "eligible_for_intervention",
        **proposed(taken_on=ended + timedelta(days=1), notice_on=ended),
    )
    last = powers_lapse_on(ended)
    for power in POWERS:
        assert await refused(database, escalation_id, power, taken_on=last) == "", power
        after = await refused(database, escalation_id, power, taken_on=last + timedelta(days=1))
        assert after == ("powers_lapsed" if power in LIMITED else ""), power
    with pytest.raises(ActionRefused, match="have lapsed"):
        await take(database, escalation_id, "arrangements", taken_on=last + timedelta(days=1))


async def test_a_notice_of_the_secretary_of_state_ends_the_authoritys_and_bars_another(
    database: Database,
) -> None:
    """Section 60(4A) and (4B): nothing follows the ended notice; a new one needs permission."""
    escalation_id = await a_notice(database, GIVEN + timedelta(days=30))
    day = GIVEN + timedelta(days=10)
    await take(database, escalation_id, "secretary_notice", taken_on=day)
    said = await refused(database, escalation_id, "eligible_for_intervention", **proposed())
    assert said == "step_in_turn"
    new = {"urgent_because": "Results of this summer", "comply_by_on": TODAY}
    assert await refused(database, escalation_id, "warning_notice", **new) == "secretary_permits"
    with pytest.raises(ActionRefused, match="Secretary of State has given"):
        await take(database, escalation_id, "warning_notice", **new)
    steps = await look(database, escalation_id, "statutory_step")
    assert last_notice(steps) is None and legal_obstacle("warning_notice", TODAY, None, steps)
    await take(database, escalation_id, "secretary_permission", taken_on=TODAY - timedelta(days=9))
    early = {"taken_on": TODAY - timedelta(days=10), "notice_on": TODAY - timedelta(days=10)}
    assert await refused(database, escalation_id, "warning_notice", **new | early) == "secretary_permits"
    fresh = {"taken_on": TODAY - timedelta(days=8), "notice_on": TODAY - timedelta(days=8)}
    ended = {"comply_by_on": TODAY - timedelta(days=1)}
    await take(database, escalation_id, "warning_notice", **new | fresh | ended)
    await take(database, escalation_id, "eligible_for_intervention", **proposed())
    assert await refused(database, escalation_id, "interim_executive_board") == ""


async def test_powers_end_with_the_notice_that_they_follow(database: Database) -> None:
    """Section 60(4B), also for a board, which has no time limit; before that day they could be used."""
    escalation_id = await a_notice(database, GIVEN + timedelta(days=90))
    day = GIVEN + timedelta(days=91)
    await take(database, escalation_id, "eligible_for_intervention", **proposed(taken_on=day))
    await take(database, escalation_id, "secretary_notice", taken_on=day + timedelta(days=5))
    steps = await look(database, escalation_id, "statutory_step")
    for power in POWERS:
        for days, said in ((4, ""), (6, "powers_lapsed")):
            on = day + timedelta(days=days)
            assert await refused(database, escalation_id, power, taken_on=on) == said, (power, days)
            assert bool(legal_obstacle(power, on, None, steps)) is bool(said), (power, days)


async def test_no_governors_are_added_to_an_interim_executive_board(database: Database) -> None:
    """Schedule 6, paragraph 14(a): the power of section 64 rests while the board is in place."""
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    day = TODAY - timedelta(days=20)
    await take(
        database, escalation_id, "eligible_for_intervention", eligible_by="special_measures", taken_on=day
    )
    await take(database, escalation_id, "interim_executive_board", taken_on=day + timedelta(days=2))
    later, earlier = day + timedelta(days=3), day + timedelta(days=1)
    assert await refused(database, escalation_id, "additional_governors", taken_on=later) == "no_board"
    assert await refused(database, escalation_id, "additional_governors", taken_on=earlier) == ""
    steps = await look(database, escalation_id, "statutory_step")
    assert legal_obstacle("additional_governors", later, None, steps)
    assert legal_obstacle("additional_governors", earlier, None, steps) is None


async def test_two_months_are_counted_alike_by_python_and_postgresql(database: Database) -> None:
    """The day before the same day of the month after next; its last day where it has no such day."""
    for ends, lapses in (
        (date(2026, 11, 10), date(2027, 1, 10)),
        (date(2026, 6, 30), date(2026, 8, 31)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2026, 12, 30), date(2027, 2, 28)),
        (date(2026, 12, 28), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2027, 4, 30)),
    ):
        assert powers_lapse_on(ends) == lapses, ends
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(1500)]
    async with database.transaction(NORTHSHIRE) as session:
        found = await session.execute(
            text("SELECT d, powers_lapse_on(d) AS last FROM unnest(CAST(:days AS date[])) d"), {"days": days}
        )
        assert [row.d for row in found if powers_lapse_on(row.d) != row.last] == []


@pytest.mark.parametrize(
    ("kind", "faith", "owed"),
    [
        ("Community school", None, set()),
        ("Voluntary aided school", "Church of England", {"diocese", "foundation"}),
        ("Voluntary controlled school", "Roman Catholic", {"diocese", "foundation"}),
        ("Foundation school", "Church of England", {"diocese", "foundation"}),
        ("Voluntary aided school", "Jewish", {"foundation"}),
        ("Foundation school", "Does not apply", set()),
    ],
)
async def test_a_warning_notice_goes_to_all_whom_the_law_names(
    database: Database, kind: str, faith: str | None, owed: set[str]
) -> None:
    """Section 60(6) and (6A): each of them left out is refused; all of them together are taken."""
    await maintained(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE school SET type = :kind, religious_character = :faith WHERE urn = :urn"),
            {"kind": kind, "faith": faith, "urn": MILL},
        )
    escalation_id = await a_stepped_up_escalation(database)
    everybody = {"chair", "head", "ofsted", "dfe"} | owed
    urgent = {"urgent_because": "Results of this summer"}
    for one in everybody:
        some = sorted(everybody - {one})
        said = await refused(database, escalation_id, "warning_notice", **urgent, recipients=some)
        assert said in {"copied_by_law", "ck_statutory_step_notice"}, one
    said = await refused(database, escalation_id, "warning_notice", **urgent, recipients=sorted(everybody))
    assert said == ""


async def test_the_dates_of_the_law_are_reminded_of_while_the_escalation_waits(database: Database) -> None:
    """The end of the compliance period and the day on which powers lapse; over when the escalation is."""
    escalation_id = await a_notice(database, TODAY + timedelta(days=30))

    async def stages() -> set[str]:
        rows = await look(database, escalation_id, "escalation_timer")
        return {one.deadline_kind for one in rows if one.state == "armed"}

    assert {"comply", "powers"} <= await stages()
    async with database.transaction(NORTHSHIRE) as session:
        await actions.change_level(session, acting(OFFICER), escalation_id, STEP_DOWN, "Heads agreed")
        await actions.pause_deadline(session, acting(OFFICER), escalation_id, "school", "Their answer")
    assert await stages() == {"comply", "powers"}
    async with database.transaction(NORTHSHIRE) as session:
        await actions.resume_escalation(session, acting(OFFICER), escalation_id)
        await actions.close_escalation(session, acting(OFFICER), escalation_id, END)
    assert await stages() == set()


async def test_the_page_says_who_is_missing_and_asks_for_no_representations(client: Client) -> None:
    """With the typed text; a right that ended on 18 April 2016 is not asked for."""
    database = client.app.state.app_context.database
    await maintained(database)
    escalation_id = await a_stepped_up_escalation(database)
    where = f"/escalations/{escalation_id}/statutory-steps"
    asked = await client.get(f"{where}/new", as_=OFFICER)
    assert "represent_by_on" not in asked.text and "eligible_by" in asked.text
    typed = {
        "kind": "warning_notice",
        "taken_on": f"{TODAY:%-d/%-m/%Y}",
        "legal_basis": "Section 60",
        "words": "Standards in reading",
        "recipients": ["head", "chair"],
        "notice_reference": "SI/1",
        "notice_on": f"{TODAY:%-d/%-m/%Y}",
        "comply_by_on": f"{TODAY + timedelta(days=30):%-d/%-m/%Y}",
        "urgent_because": "Results of this summer",
    }
    answer = await client.post(where, typed, as_=OFFICER)
    assert answer.status_code == 422 and "Standards in reading" in answer.text
    assert "Ofsted, for the Chief Inspector; Department for Education" in answer.text
    other = await client.post(where, typed | {"legal_basis": STEPS["pre_warning"].basis}, as_=OFFICER)
    assert other.status_code == 422 and "This is the legal basis of another step" in other.text
    taken = await client.post(where, typed | {"recipients": ["head", "chair", "ofsted", "dfe"]}, as_=OFFICER)
    assert taken.status_code == 303
    shown = await client.get(f"/escalations/{escalation_id}", as_=OFFICER)
    assert "can be used until" in shown.text
