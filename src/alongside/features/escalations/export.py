"""CSV export of escalations, and the list of attempted support as text."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.escalations.labels import STATES, outcome_label, result_label
from alongside.features.escalations.queries import of_escalation
from alongside.features.escalations.raising.models import TRIED
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.spreadsheet import as_csv

TRIED_WITH = text(
    """
    SELECT t.kind, t.words, t.need_id, coalesce(t.agreement_id, r.agreement_id) AS agreement_id,
           n.title, g.name AS supporting_school
      FROM escalation_attempted_support t
      LEFT JOIN need n ON n.authority_id = :authority_id AND n.id = t.need_id
      LEFT JOIN review r ON r.authority_id = :authority_id AND r.id = t.review_id
      LEFT JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = coalesce(t.agreement_id,
      r.agreement_id)
      LEFT JOIN school g ON g.authority_id = :authority_id AND g.urn = p.supporting_urn
     WHERE t.authority_id = :authority_id AND t.escalation_id = :escalation_id ORDER BY t.id
    """
)


class Line(NamedTuple):
    """One attempted support, and the URL of its record if there is one."""

    words: str
    href: str | None


async def tried_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> list[Line]:
    """What was tried before an escalation was raised."""
    return [_line(one) for one in await of_escalation(session, person, TRIED_WITH, escalation_id)]


def _line(one: Any) -> Line:
    match one.kind:
        case "need":
            return Line(f"Need: {one.title}", f"/needs/{one.need_id}")
        case "agreement":
            return Line(f"Support by {one.supporting_school}", f"/agreements/{one.agreement_id}")
        case "review":
            return Line(
                f"A review of the support by {one.supporting_school}", f"/agreements/{one.agreement_id}"
            )
        case _:
            return Line(one.words or TRIED[one.kind], None)


def escalations_as_csv(settings: AuthoritySettings, rows: Iterable[Any]) -> bytes:
    """Escalations as CSV, one row each, with labels instead of keys."""
    heads = (
        "School",
        "URN",
        "Consortium",
        "State",
        "Reason",
        "Urgency",
        "Raised",
        "Due",
        "Owner",
        "Outcome",
        "Result",
        "Closed",
        "Link",
    )
    return as_csv(
        heads,
        (
            (
                row.school,
                row.school_urn,
                row.consortium,
                STATES[row.state],
                label_of(settings.escalation_reasons, row.reason),
                label_of(settings.escalation_urgencies, row.urgency),
                format_iso_date(row.raised_at),
                format_iso_date(row.due_at),
                row.owner or "",
                outcome_label(row) or "",
                result_label(row) or "",
                format_iso_date(row.closed_at),
                f"/escalations/{row.id}",
            )
            for row in rows
        ),
    )
