"""CSV export of escalations, and the list of attempted support as text."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.escalations.labels import STATES, outcome_label, result_label
from alongside.features.escalations.raising.models import TRIED
from alongside.features.escalations.rows import EscalationLine
from alongside.platform.database.reads import Read
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.spreadsheet import as_csv


class AttemptRow(msgspec.Struct, frozen=True):
    """An attempted support, with the title of the need or the name of the supporting school."""

    kind: str
    words: str
    need_id: UUID | None
    agreement_id: UUID | None
    title: str | None
    supporting_school: str | None


class Attempt(NamedTuple):
    """One attempted support as text, and the URL of its record if there is one."""

    words: str
    href: str | None


ATTEMPTS = Read(
    text(
        """
        SELECT t.kind, t.words, t.need_id, coalesce(t.agreement_id, r.agreement_id) AS agreement_id,
               n.title, g.name AS supporting_school
          FROM escalation_attempted_support t
          LEFT JOIN need n ON n.authority_id = :authority_id AND n.id = t.need_id
          LEFT JOIN review r ON r.authority_id = :authority_id AND r.id = t.review_id
          LEFT JOIN support_agreement p ON p.authority_id = :authority_id
                    AND p.id = coalesce(t.agreement_id, r.agreement_id)
          LEFT JOIN school g ON g.authority_id = :authority_id AND g.urn = p.supporting_urn
         WHERE t.authority_id = :authority_id AND t.escalation_id = :escalation_id ORDER BY t.id
        """
    ),
    AttemptRow,
)
"""What was tried before an escalation was raised."""


def attempt_of(one: AttemptRow) -> Attempt:
    """Return an attempted support as text."""
    match one.kind:
        case "need":
            return Attempt(f"Need: {one.title}", f"/needs/{one.need_id}")
        case "agreement":
            return Attempt(f"Support by {one.supporting_school}", f"/agreements/{one.agreement_id}")
        case "review":
            return Attempt(
                f"A review of the support by {one.supporting_school}", f"/agreements/{one.agreement_id}"
            )
        case _:
            return Attempt(one.words or TRIED[one.kind], None)


def escalations_as_csv(settings: AuthoritySettings, rows: Iterable[EscalationLine]) -> bytes:
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
