"""The values of the PDF of an agreement: plain texts and lists, from rows that the person may see."""

from collections.abc import Sequence
from datetime import date

from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.signed_versions.queries import SignedVersion
from alongside.features.agreements.visit_answers.wording import answer_text, differences, settlement_text
from alongside.features.agreements.visits.queries import VisitRow
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.messages.agreement_pdf.queries import SentFile
from alongside.platform.web.formatting import format_date, format_date_range, format_days

STATES = {
    "preparing": "Waiting for signatures",
    "active": "Active",
    "closed": "Closed",
    "ended_early": "Ended early",
}


def agreement_values(
    row: AgreementRow,
    versions: Sequence[SignedVersion],
    visits: Sequence[VisitRow],
    files: Sequence[SentFile] | None,
    settings: AuthoritySettings,
    address: str,
    today: date,
) -> dict[str, object]:
    """The values that `agreements/agreement.typ` reads; `files` is None for a reader who may not see the messages."""
    return {
        "title": f"{row.supporting_name} supports {row.requesting_name}",
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"Printed {format_date(today)} from {address}",
        "facts": [
            ["State", STATES[row.state]],
            ["Need", row.need_title],
            ["Who comes", row.leader_name],
            ["Days", f"{format_days(row.days_used)} used of {format_days(row.days)}"],
            ["Dates", format_date_range(row.starts_on, row.ends_on)],
        ],
        "versions": [
            {
                "heading": f"Version {one.agreement_version}, signed {format_date(one.signed_at)}",
                "text": one.text,
            }
            for one in versions
        ],
        "visits": [_visit(one, today) for one in visits if one.state != "cancelled" or one.settled_as],
        "attachments": _attachments(files),
        "without_attachments": "Only the two schools can see the list of attachments."
        if files is None
        else "The schools have sent each other no files.",
    }


def _attachments(files: Sequence[SentFile] | None) -> list[list[str]]:
    return [
        [one.filename, f"{max(1, round(one.size / 1024)):,} kB", f"{one.sender}, {format_date(one.sent_at)}"]
        for one in files or ()
    ]


def _visit(visit: VisitRow, today: date) -> dict[str, object]:
    lines = [
        ("Recorded by", visit.recorded_by_school if visit.recorded_side else "Not recorded yet"),
        ("Days", format_days(visit.days)),
        ("What was done", visit.done),
        ("What comes next", visit.next_steps),
        ("Hoped for", visit.hoped_for),
        ("Taken from it", visit.took_away),
        ("Answer", answer_text(visit, today)),
        *((f"{label} in the answer", answer) for label, _, answer in differences(visit)),
        ("What counts", settlement_text(visit)),
    ]
    return {
        "heading": f"{format_date(visit.visit_on)}: {visit.focus}",
        "facts": [[label, words] for label, words in lines if words],
    }
