"""A short simulation: the first days of an academic year in two small authorities."""

from datetime import date

import pytest

from tests.simulation.clock import library
from tests.simulation.plan import VICTIMS, Plan
from tests.simulation.report import report
from tests.simulation.year import simulate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        library() is None, reason="libfaketime is not installed (apt-get install libfaketime)"
    ),
]

BOUNDARY = Plan(
    seed=3, start=date(2026, 8, 26), days=10, sizes=(10, 5), pace=12, kills=0.5, pages=0.05, emails_opened=3, lanes=4,
    slots=((8, 20), (13, 30)),
)  # fmt: skip


async def test_a_week_over_the_first_of_september() -> None:
    """After a conversion, a calendar change, new people, dozens of actions and kills, all checks pass."""
    year = await simulate(BOUNDARY)
    print("\n".join(report(year)))
    assert year.traffic.acts.total() > 50, "people did too little for the checks to mean anything"
    assert year.emails.total > 50
    assert {*year.room.kills} == {*VICTIMS}
    assert year.faults.examples == {}, "\n".join(report(year))
