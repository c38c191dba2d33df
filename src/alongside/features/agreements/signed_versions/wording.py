"""Text of a signed agreement, and the differences between two versions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from alongside.features.agreements.aims.forms import TEXTS
from alongside.features.agreements.aims.queries import AimRow
from alongside.features.agreements.amendments.queries import AmendmentRow
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.signed_versions.queries import AgreementToSign
from alongside.platform.web.formatting import format_date, format_days

LABELS = {
    "aim": "Aim",
    "measure": "How it is measured",
    "baseline": "Now",
    "target": "Target",
}


class Difference(NamedTuple):
    """One field of an agreement, with its current and proposed value."""

    label: str
    now: str
    then: str

    @property
    def changes(self) -> bool:
        """Whether the two differ."""
        return self.now != self.then


def agreement_text(row: AgreementToSign, today: date) -> str:
    """The whole text of an agreement."""
    content = row.content
    lines = [
        f"Agreement between {row.requesting_name} and {row.supporting_name}, version {row.agreement_version}",
        "",
        f"{row.supporting_name} supports {row.requesting_name}.",
        f"Need: {row.need_title}",
        f"Offer: {row.offer_title}",
        f"Given by: {row.leader_name}",
        f"Days: {format_days(Decimal(str(content['days'])))}",
        f"From {_on(content['starts_on'])} to {_on(content['ends_on'])}",
    ]
    for number, aim in enumerate(content["aims"], 1):
        lines += ["", f"Aim {number}: {aim['aim']}"]
        lines += [f"{LABELS[name]}: {aim[name] or 'Not given'}" for name in TEXTS if name != "aim"]
    lines += [
        "",
        f"Signed for {row.requesting_name} by {row.requesting_signer or 'its headteacher'}"
        f" on {_at(row.requesting_signed_at, today)}",
        f"Signed for {row.supporting_name} by {row.supporting_signer or 'its headteacher'}"
        f" on {_at(row.supporting_signed_at, today)}",
    ]
    return "\n".join(lines)


def differences(
    row: AgreementRow, aims: Sequence[AimRow], change: AmendmentRow
) -> list[tuple[str, list[Difference]]]:
    """Every field with its current and proposed value, by section: days and dates, then each aim."""
    terms = [
        Difference("Days", format_days(row.days), format_days(change.days)),
        Difference("From", format_date(row.starts_on), format_date(change.starts_on)),
        Difference("Until", format_date(row.ends_on), format_date(change.ends_on)),
    ]
    return [("Days and dates", terms), *_aims(aims, change.aims)]


def _aims(
    aims: Sequence[AimRow], wanted: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, list[Difference]]]:
    kept = {one["id"]: one for one in wanted if one.get("id")}
    for number, aim in enumerate(aims, 1):
        then = kept.get(str(aim.id))
        title = f"Aim {number}" if then else f"Aim {number}, which would be removed"
        yield title, _fields({name: getattr(aim, name) for name in TEXTS}, then or {})
    for one in wanted:
        if not one.get("id"):
            yield "A new aim", _fields({}, one)


def _fields(now: Mapping[str, str], then: Mapping[str, str]) -> list[Difference]:
    return [Difference(LABELS[name], now.get(name) or "", then.get(name) or "") for name in TEXTS]


def _on(text: str) -> str:
    return format_date(date.fromisoformat(text))


def _at(moment: datetime | None, today: date) -> str:
    return format_date(moment) if moment is not None else format_date(today)
