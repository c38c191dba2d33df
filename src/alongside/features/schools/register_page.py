"""Formats a school's facts and changes for its page; figures come with their dates."""

from datetime import date

from alongside.features.schools.columns import LABELS
from alongside.features.schools.history import CHANGE_KINDS
from alongside.features.schools.models import KINDS, PHASES, STATUSES, laestab
from alongside.features.schools.queries import RegisterChange
from alongside.features.schools.record import SchoolRecord
from alongside.platform.web.formatting import format_date

Facts = list[tuple[str, str | None]]

UNKNOWN = "Not in the register"
VALUE_LABELS = {"phase": PHASES, "status": STATUSES, "kind": KINDS}


def facts_of(school: SchoolRecord) -> list[tuple[str, Facts]]:
    """A school's facts in groups with headings; an unknown fact is shown as not known."""
    return [
        ("About the school", _about(school)),
        ("Pupils", _pupils(school)),
        ("Where it is", _location(school)),
    ]


def _about(school: SchoolRecord) -> Facts:
    ages = None
    if school.lowest_age is not None and school.highest_age is not None:
        ages = f"{school.lowest_age} to {school.highest_age}"
    facts: Facts = [
        ("Phase", PHASES[school.phase]),
        ("Type", school.type),
        ("URN", str(school.urn)),
        ("DfE number (LAESTAB)", laestab(school.la_code, school.establishment_number)),
        ("Ages", ages),
        ("Gender", school.gender),
        ("Religious character", school.religious_character or "None given"),
        ("Trust", school.trust or "None given"),
    ]
    if school.federation:
        facts.append(("Federation", school.federation))
    if school.kind != "mainstream":
        facts.insert(1, ("Kind", KINDS[school.kind]))
    facts += [
        (label, text)
        for label, text in (
            ("Opened", school.opened_on and _with_reason(school.opened_on, school.reason_opened)),
            ("Closed", school.closed_on and _with_reason(school.closed_on, school.reason_closed)),
        )
        if text
    ]
    return [(label, text or UNKNOWN) for label, text in facts]


def _with_reason(on: date, reason: str | None) -> str:
    return f"{format_date(on)} ({reason})" if reason else format_date(on)


def _pupils(school: SchoolRecord) -> Facts:
    at = f", at the census of {format_date(school.census_on)}" if school.census_on else ""
    free = "Eligible for free school meals"
    return [
        ("Number of pupils", UNKNOWN if school.pupils is None else f"{school.pupils:,}{at}"),
        (free, UNKNOWN if school.percentage_fsm is None else f"{school.percentage_fsm}%{at}"),
        ("Places (capacity)", UNKNOWN if school.capacity is None else f"{school.capacity:,}"),
    ]


def _location(school: SchoolRecord) -> Facts:
    lines = (school.street, school.locality, school.address3, school.town, school.county, school.postcode)
    facts: Facts = [
        ("Address", "\n".join(line for line in lines if line) or UNKNOWN),
        ("Ward", school.ward or UNKNOWN),
    ]
    return [*facts, ("Setting", school.urban_rural)] if school.urban_rural else facts


def change_sentence(change: RegisterChange) -> str:
    """One line of a school's history: “number of pupils, 187 → 192”."""
    if change.field is None:
        words = CHANGE_KINDS[change.kind]
        before = "carried on as" if change.kind in ("closed", "merged") else "was"
        return f"{words} ({before} {change.other_urn})" if change.other_urn else words
    named = VALUE_LABELS.get(change.field, {})
    old, new = (named.get(value, value) if value else "not given" for value in (change.old, change.new))
    label = "linked schools" if change.field == "links" else LABELS.get(change.field, change.field)
    return f"{label[:1].upper()}{label[1:]}: {old} → {new}"
