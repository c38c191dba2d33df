"""Figures of the demonstration: three years, invented for each school, distributed and correlated as real tables are.

A school has more absence and lower results the more of its pupils are eligible for free school meals; what remains
differs by school and stays over the years. Results are drawn pupil by pupil, so that small schools vary more.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, insert, select

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.authorities import settings_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import Measure, measures_of, year_before
from alongside.features.performance.importing.actions import FigureRow, add_figures
from alongside.features.performance.models import PerformanceBenchmark, PerformanceImport
from alongside.features.performance.statuses import FINAL, OK, PROVISIONAL, SUPPRESSED
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.database.reads import select_all
from alongside.platform.school_calendar.calendar import academic_year

YEARS = 3
SOURCE = "invented data"
FEWEST_PUBLISHED = 6
PROVISIONAL_TABLES = ("ks2", "ks4")
"""The tables whose latest year is a provisional release in the autumn."""

ENGLAND: Mapping[str, str] = {
    "ks2_expected": "62",
    "ks2_higher": "8",
    "ks2_reading_score": "106",
    "ks2_maths_score": "105",
    "ks4_attainment8": "46.1",
    "ks4_progress8": "-0.03",
    "ks4_english_maths_5": "45.9",
}
ENGLAND_BY_PHASE: Mapping[str, tuple[str, str]] = {
    "absence": ("5.5", "8.9"),
    "persistent_absence": ("14.6", "25.6"),
    "fsm_ever": ("26.3", "28.9"),
    "eal": ("23.4", "19.2"),
    "ehc_plan": ("3.5", "3.1"),
    "sen_support": ("15", "13.4"),
}
"""Figures of England for primary and secondary schools."""

PHASES = {"primary": "primary", "secondary": "secondary"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value, and the pupils counted and in all if it is about pupils."""

    value: Decimal
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class OpenSchool:
    """What the register says of a school."""

    urn: int
    phase: str
    kind: str
    pupils: int | None
    percentage_fsm: Decimal | None


SCHOOLS = (
    select(School.urn, School.phase, School.kind, School.pupils, School.percentage_fsm)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.urn)
)


async def fill(demo: Demonstration) -> None:
    """Store an import for each table and year, with the figures of all schools."""
    session, here = demo.session, demo.staff.authority_id
    measures = measures_of(settings_of(here))
    current = academic_year(demo.staff.today)
    years = [year_before(current, number) for number in range(YEARS, 0, -1)]
    await identify_requester(session, demo.product)
    schools = await select_all(session, SCHOOLS, OpenSchool, {"authority_id": here})
    rows: dict[tuple[str, str], list[FigureRow]] = {}
    for line, school in enumerate(schools, start=2):
        for key, year, drawn in _figures_of(school, years):
            if measures[key].published_in(year):
                rows.setdefault((measures[key].table, year), []).append(
                    _row(school.urn, key, year, drawn, line)
                )
    for (table, year), figures in rows.items():
        release = PROVISIONAL if year == years[-1] and table in PROVISIONAL_TABLES else FINAL
        made = PerformanceImport(
            authority_id=here,
            table_key=table,
            academic_year=year,
            release=release,
            filename=f"invented_{table}_{year}.csv",
            sha256="0" * 64,
            source=SOURCE,
            rows_used=len({row[0] for row in figures}),
            rows_left_out=0,
        )
        session.add(made)
        await session.flush()
        await add_figures(session, here, made.id, figures)
        benchmarks = list(_england(here, made.id, table, year, measures))
        if benchmarks:
            await session.execute(insert(PerformanceBenchmark), benchmarks)


def _row(urn: int, measure: str, year: str, drawn: Drawn, line: int) -> FigureRow:
    """Return a figure; results of fewer than six pupils are suppressed, as in the published tables."""
    hidden = (
        measure.startswith("ks") and drawn.denominator is not None and drawn.denominator < FEWEST_PUBLISHED
    )
    if hidden:
        return (urn, urn, measure, year, SUPPRESSED, None, None, drawn.denominator, "SUPP", line)
    return (urn, urn, measure, year, OK, drawn.value, drawn.numerator, drawn.denominator, None, line)


def _figures_of(school: OpenSchool, years: list[str]) -> Iterator[tuple[str, str, Drawn]]:
    """Yield measure, year and value; the same school always gets the same."""
    chance = random.Random(school.urn)
    quality = chance.gauss(0, 1)
    fsm = float(school.percentage_fsm or chance.uniform(8, 45))
    eal = min(80.0, chance.lognormvariate(1.9, 1.0))
    pupils = school.pupils or chance.randint(90, 420)
    for year in years:
        roll = max(8, pupils + chance.randint(-6, 6))
        yield "pupils", year, Drawn(Decimal(roll), None, roll)
        special = 97.0 if school.kind != "mainstream" else 4.0
        for key, share in (
            ("fsm_ever", fsm * 1.1),
            ("eal", eal),
            ("ehc_plan", special + chance.gauss(0, 1)),
            ("sen_support", chance.gauss(15, 3)),
            ("girls", chance.gauss(49, 3)),
        ):
            yield key, year, _share(roll, share / 100)
        yield from _absence(chance, school, year, quality, fsm)
        if school.kind == "mainstream" and school.phase in PHASES:
            results = _primary if school.phase == "primary" else _secondary
            yield from results(chance, year, quality, fsm - 24, roll)


def _absence(
    chance: random.Random, school: OpenSchool, year: str, quality: float, fsm: float
) -> Iterator[tuple[str, str, Drawn]]:
    usual = 8.6 if school.phase == "secondary" else 5.4
    missed = max(2.5, usual - 0.4 * quality + 0.06 * (fsm - 24) + chance.gauss(0, 0.3))
    yield "absence", year, Drawn(_rounded(missed, 1))
    yield "persistent_absence", year, Drawn(_rounded(max(1.0, 2.9 * missed - 1 + chance.gauss(0, 1)), 1))


def _primary(
    chance: random.Random, year: str, quality: float, poorer: float, roll: int
) -> Iterator[tuple[str, str, Drawn]]:
    cohort = max(3, round(roll / 7))
    expected = 0.61 + 0.09 * quality - 0.0055 * poorer
    for key, share in (
        ("ks2_expected", expected),
        ("ks2_higher", expected - 0.53),
        ("ks2_reading_expected", expected + 0.12),
        ("ks2_writing_expected", expected + 0.1),
        ("ks2_maths_expected", expected + 0.11),
    ):
        yield key, year, _counted(chance, cohort, share)
    for key, usual in (("ks2_reading_score", 105), ("ks2_maths_score", 104), ("ks2_grammar_score", 105)):
        score = usual + 1.8 * quality - 0.06 * poorer + chance.gauss(0, 4 / cohort**0.5)
        yield key, year, Drawn(_rounded(score, 0), None, cohort)


def _secondary(
    chance: random.Random, year: str, quality: float, poorer: float, roll: int
) -> Iterator[tuple[str, str, Drawn]]:
    cohort = max(20, round(roll / 5))
    attainment = 46 + 5 * quality - 0.35 * poorer + chance.gauss(0, 1.2)
    yield "ks4_attainment8", year, Drawn(_rounded(attainment, 1), None, cohort)
    yield "ks4_progress8", year, Drawn(_rounded(0.35 * quality + chance.gauss(0, 0.1), 2), None, cohort)
    yield "ks4_ebacc_points", year, Drawn(_rounded(attainment / 11.4, 2), None, cohort)
    for key, share in (
        ("ks4_english_maths_5", 0.45 + 0.09 * quality - 0.006 * poorer),
        ("ks4_english_maths_4", 0.65 + 0.09 * quality - 0.006 * poorer),
        ("ks4_ebacc_entry", 0.38 + 0.1 * quality),
    ):
        yield key, year, _counted(chance, cohort, share)


def _counted(chance: random.Random, cohort: int, share: float) -> Drawn:
    """Return a percentage counted pupil by pupil, in whole percent as published."""
    likely = min(0.98, max(0.02, share))
    counted = sum(chance.random() < likely for _ in range(cohort))
    return Drawn(_rounded(100 * counted / cohort, 0), counted, cohort)


def _share(roll: int, share: float) -> Drawn:
    counted = round(roll * min(0.99, max(0.0, share)))
    return Drawn(_rounded(100 * counted / roll, 1), counted, roll)


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def _england(
    here: int, import_id: UUID, table: str, year: str, measures: Mapping[str, Measure]
) -> Iterator[dict[str, object]]:
    """Yield the figures of England for a table and year."""
    found = [(key, "all", value) for key, value in ENGLAND.items()]
    for key, values in ENGLAND_BY_PHASE.items():
        found += [(key, phase, value) for phase, value in zip(PHASES, values, strict=True)]
    for key, phase, value in found:
        if measures[key].table == table and measures[key].published_in(year):
            yield {
                "authority_id": here,
                "level": "national",
                "phase": phase,
                "measure": key,
                "academic_year": year,
                "status": OK,
                "value": Decimal(value),
                "import_id": import_id,
                "row_number": 1,
            }
