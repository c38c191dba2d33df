"""The contents of a profile's PDF as plain texts, as this person may read them."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.profiles.facts import facts_of
from alongside.features.profiles.parts import comments_of, disputes_of
from alongside.features.profiles.queries import ProfileRow, outputs_of, school_names
from alongside.features.profiles.view import MeasureView, ProfileView, view_of
from alongside.features.profiles.words import DIRECTIONS
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date, format_datetime

MOST_NEIGHBOURS = 5


async def contents_of(session: AsyncSession, person: Principal, row: ProfileRow) -> dict[str, object]:
    """Return the values of the template; the caller has loaded the profile."""
    settings = settings_of(person.authority_id)
    outputs, calculated_at = await outputs_of(session, person, row)
    view = view_of(person.authority_id, outputs)
    comments = await comments_of(session, row)
    names = await school_names(session, person, [one.urn for one in view.similar])
    measures = settings.measures
    disputes = [
        [
            measures[one.measure].label if one.measure in measures else one.measure,
            one.reason,
            one.answer or "Open",
        ]
        for one in await disputes_of(session, row)
    ]
    category = (
        label_of(settings.categories, row.proposed_category) if row.proposed_category else "No proposal"
    )
    return {
        "title": f"Performance profile: {row.school}",
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"{row.phase.capitalize()}, {row.academic_year}, {row.state.replace('_', ' ')}."
        f" Calculated on {format_datetime(calculated_at)}.",
        "headline": view.headline,
        "facts": [
            ["School", f"{row.school} (URN {row.school_urn})"],
            ["Direction of travel", DIRECTIONS[row.shown_direction]],
            ["Proposed category", f"{category}. {' '.join(row.proposed_reasons)}"],
            ["Discussion", _discussion(row)],
            *([label, text] for label, text in await facts_of(session, person, row)),
        ],
        "provisional": "Some figures are provisional." if view.provisional else "",
        "measures": [_measure(one) for one in view.measures],
        "years": [year.year for year in view.measures[0].rows] if view.measures else [],
        "trend": [_trend(one) for one in view.measures],
        "strengths": list(view.strengths),
        "concerns": list(view.concerns),
        "context": [list(one) for one in view.context],
        "similar": _similar(view, names),
        "comment": comments[0].body if comments else "",
        "commented": _commented(comments[0].writer, format_date(comments[0].written_at)) if comments else "",
        "disputes": disputes,
    }


def _measure(one: MeasureView) -> list[str]:
    return [one.label, one.value, one.interval, one.pupils, one.england, one.similar, one.verdict]


def _trend(one: MeasureView) -> list[str]:
    return [one.label, *(f"{year.value}{' (p)' if year.note == 'provisional' else ''}" for year in one.rows)]


def _similar(view: ProfileView, names: dict[int, str]) -> list[list[str]]:
    return [
        [names.get(one.urn, str(one.urn)), one.distance, "; ".join(one.better) or "None"]
        for one in view.similar[:MOST_NEIGHBOURS]
    ]


def _commented(writer: str | None, day: str) -> str:
    return f"{writer or 'The school'}, {day}"


def _discussion(row: ProfileRow) -> str:
    if row.discussed_on is not None:
        return f"{format_date(row.discussed_on)}, with {row.discussed_with}. {row.agreed_points}"
    if row.declined_on is not None:
        return f"The school declined on {format_date(row.declined_on)}. {row.declined_because}"
    return "The school did not answer two invitations." if row.state == "no_answer" else "Not yet"
