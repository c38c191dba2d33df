"""The printed command repeats a run, and the seed alone decides who is killed when."""

import shlex
from dataclasses import replace
from datetime import date

import pytest

from tests.simulation.calendar import Days
from tests.simulation.plan import OPTIONS, VICTIMS, Plan, parse
from tests.simulation.test_a_week import BOUNDARY
from tests.simulation.year import invent

OTHER = Plan(
    seed=9, start=date(2027, 3, 15), days=40, sizes=(68, 20, 7), pace=0.35, kills=0.25, size_limit=90_000, web=2, lanes=3,
    emails_opened=3, pages=1 / 14, slots=((8, 5), (16, 40)),
)  # fmt: skip


@pytest.mark.parametrize("plan", [Plan(), OTHER, BOUNDARY, Plan(seed=4, kills=0)])
def test_the_printed_command_is_the_same_plan(plan: Plan) -> None:
    """Every field that differs from its default is in the command."""
    assert parse(shlex.split(plan.arguments())) == plan


def test_every_field_of_a_plan_has_an_option() -> None:
    """A field without an option would be missing in the printed command."""
    assert {*OPTIONS} == {*Plan.__dataclass_fields__} - {"say"}
    assert all(getattr(OTHER, name) != getattr(Plan, name) for name in OPTIONS)


@pytest.mark.parametrize("seed", range(1, 40))
def test_each_process_is_killed_at_least_once_on_a_school_day(seed: int) -> None:
    """Also in a run of four days, with an average far below one."""
    plan = replace(BOUNDARY, seed=seed, kills=0.01)
    kills = plan.kills_by_day()
    assert {kill.victim for some in kills.values() for kill in some} == {*VICTIMS}
    assert all(Days(set()).open(day) for day in kills)
    assert {kill.slot for some in kills.values() for kill in some} <= {*plan.slots}


def test_the_same_seed_gives_the_same_kills_and_schools_and_another_seed_others() -> None:
    """Nothing is drawn from a stream that depends on how much was done."""
    plan, other = replace(OTHER, sizes=(30,)), replace(OTHER, sizes=(30,), seed=10)
    assert plan.kills_by_day() == plan.kills_by_day() != other.kills_by_day()
    assert [one.schools for one in invent(plan)] == [one.schools for one in invent(plan)]
    assert [one.schools for one in invent(plan)] != [one.schools for one in invent(other)]


def test_a_year_has_every_school_day_and_some_days_without_school() -> None:
    """Weekends and holidays are passed in one step, but for the first day, Wednesdays and the first of a month."""
    plan, calendar = Plan(start=date(2026, 8, 24)), Days(set())
    dates = plan.dates()
    every = {date.fromordinal(plan.start.toordinal() + number) for number in range(plan.days)}
    assert {day for day in every if calendar.open(day)} <= {*dates}
    assert {day for day in every if day.day == 1} <= {*dates}
    assert len(dates) < 280
    assert all(plan.slots_on(day) == plan.slots for day in dates if calendar.open(day))
    assert all(len(plan.slots_on(day)) == 1 for day in dates if not calendar.open(day))


def test_every_run_has_a_release_of_the_register() -> None:
    """A short run that has no first of a month has one on its first day."""
    for start, days, expected in (
        (date(2026, 8, 26), 10, [date(2026, 9, 1)]),
        (date(2026, 9, 3), 2, [date(2026, 9, 3)]),
        (date(2026, 9, 3), 40, [date(2026, 10, 1)]),
    ):
        plan = Plan(start=start, days=days)
        assert [day for day in plan.dates() if plan.has_release(day)] == expected
