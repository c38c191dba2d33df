"""Profiles as rows of a spreadsheet: one for each measure, each with the school's own comment."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.profiles.queries import export_of
from alongside.features.profiles.results import MeasureResult, read_outputs
from alongside.features.profiles.words import COMPARATORS, DIRECTIONS, STATUSES, VERDICTS, headline
from alongside.platform.access.principal import Principal

HEADS = (
    "School",
    "URN",
    "Phase",
    "Academic year",
    "State",
    "Headline",
    "Direction of travel",
    "Measure",
    "Years",
    "Figure",
    "Lower end of interval",
    "Upper end of interval",
    "Pupils",
    "Status of last year",
    "Result",
    *COMPARATORS.values(),
    "Comment of the school",
)


def heads_of() -> Sequence[str]:
    """Return the headings."""
    return HEADS


async def export_rows(
    session: AsyncSession, person: Principal, filters: dict[str, str]
) -> list[Sequence[object]]:
    """Return the rows of all profiles that this person can read, as they may read them."""
    settings = settings_of(person.authority_id)
    rows: list[Sequence[object]] = []
    for one in await export_of(session, person, filters):
        outputs = read_outputs(one.outputs)
        beside = (one.school, one.school_urn, one.phase, one.academic_year, one.state.replace("_", " "))
        said = (headline(outputs), DIRECTIONS[one.direction or outputs.direction])
        for measure in outputs.measures:
            entry = settings.measures.get(measure.measure)
            label = entry.label if entry else label_of({}, measure.measure)
            rows.append((*beside, *said, label, *_cells(measure), one.comment))
    return rows


def _cells(one: MeasureResult) -> tuple[object, ...]:
    values = {comparison.to: comparison.value for comparison in one.comparisons}
    last = one.years[-1]
    return (
        ", ".join(one.pooled_years),
        one.value,
        one.low,
        one.high,
        one.cohort,
        "Provisional" if last.provisional else STATUSES.get(last.status, "Published"),
        VERDICTS[one.verdict],
        *(values.get(to) for to in COMPARATORS),
    )
