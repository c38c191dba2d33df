"""CSV exports of unmet need and of workload, with labels instead of keys."""

from collections.abc import Iterable

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.matching.capacity.presentation import Load
from alongside.features.matching.engine.result import Gap
from alongside.features.schools.phases import PHASES
from alongside.platform.school_calendar.terms import term_words
from alongside.platform.web.formatting import format_number
from alongside.platform.web.spreadsheet import as_csv

GAPS = ("Theme", "Phase", "Term", "Needs", "With no offer that suits", "Days or money ran out")
LOADS = ("School", "Days given in this plan", "Days received in this plan", "Days given in the last three terms",
         "A full load")  # fmt: skip


def gaps_as_csv(settings: AuthoritySettings, gaps: Iterable[Gap]) -> bytes:
    """Unmet need, one row for each theme, phase and term."""
    rows = (
        (
            label_of(settings.themes, gap.theme),
            PHASES.get(gap.phase, gap.phase),
            term_words(gap.term) if gap.term else "",
            gap.needs,
            gap.without_supply,
            gap.short_of_days,
        )
        for gap in gaps
    )
    return as_csv(GAPS, rows)


def loads_as_csv(rows: Iterable[Load]) -> bytes:
    """Support given and received, one row for each school."""
    return as_csv(
        LOADS,
        (
            (
                row.name,
                _days(row.gives),
                _days(row.gets),
                "" if row.lately is None else _days(row.lately),
                "yes" if row.over else "",
            )
            for row in rows
        ),
    )


def _days(half_days: int) -> str:
    return format_number(half_days / 2)
