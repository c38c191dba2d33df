"""The steps of statutory intervention: their order, and the law that each is based on.

Sources, as amended: Education and Inspections Act 2006 ("EIA 2006"), Part 4 (sections 59 to 66); Education and
Adoption Act 2016, section 2, in force since 18 April 2016, which ended representations against a warning
notice; School Standards and Framework Act 1998, section 51 and Schedule 15; Education Act 1996, section 13A. A
teachers' pay and conditions warning notice (EIA 2006, section 60A) is not one of these steps.

Compared with the text on legislation.gov.uk in November 2026: EIA 2006, sections 59, 60(1), (2), (4A) and (4B), 63(1)
to (3), 64(1) to (4) and Schedule 6, paragraphs 6(1) and 14; Education and Adoption Act 2016, section 2(2)(a) to (f).
Compared with the revised text of 27 November 2024 (uk/ukpga-2006-40.md of legalize-dev/legalize-uk, which is made from
legislation.gov.uk): EIA 2006, sections 59 to 70.

Not recorded here: whether a school becomes eligible by a warning notice of the Secretary of State, and the governors
whom the Secretary of State appoints, after which the authority may not suspend the delegated budget (section 67(6)).
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec

from alongside.platform.web.formatting import format_date


@dataclass(frozen=True, slots=True)
class Step:
    """One step: label, the steps of which at least one must come before it, and its usual legal basis.

    `urgent` is whether it may come early with a recorded reason. Only the authority's own practice before a
    warning notice allows that, not the law after it. `notice` is whether a letter to the governing body goes
    with it.
    """

    label: str
    after: tuple[str, ...]
    basis: str
    urgent: bool = False
    notice: bool = False


POWERS = ("arrangements", "additional_governors", "interim_executive_board", "suspend_delegation")
LIMITED = ("arrangements", "additional_governors", "suspend_delegation")
"""Powers that lapse two months after the end of the compliance period of a warning notice.

Source: EIA 2006, sections 63(3), 64(2) and 66(2); section 65 has no such limit.
"""

ROUTES = {
    "warning_notice": "A warning notice was not complied with (section 60)",
    "significant_improvement": "An inspection found that the school requires significant improvement (section 61)",
    "special_measures": "An inspection found that the school requires special measures (section 62)",
}
"""What makes a school eligible for intervention, each by itself.

An inspection counts until a later one finds otherwise. Source: EIA 2006, sections 59(2) and 60 to 62.
"""

ONE_DAY = timedelta(days=1)
BY_INSPECTION = ("significant_improvement", "special_measures")
MISMANAGEMENT = "mismanagement"
"""The other ground for suspending a delegated budget, which needs no eligibility for intervention.

Source: School Standards and Framework Act 1998, section 51 and Schedule 15.
"""

STEPS = {
    "informal_concern": Step("Informal concern", (), "Education Act 1996, section 13A"),
    "concern_meeting": Step(
        "Concern meeting", ("informal_concern",), "Education Act 1996, section 13A", urgent=True
    ),
    "pre_warning": Step(
        "Pre-warning letter",
        ("concern_meeting",),
        "Education Act 1996, section 13A",
        urgent=True,
        notice=True,
    ),
    "secretary_notice": Step(
        "Warning notice of the Secretary of State", (), "Education and Inspections Act 2006, section 60(4B)"
    ),
    "secretary_permission": Step(
        "Secretary of State permits a warning notice of the authority",
        ("secretary_notice",),
        "Education and Inspections Act 2006, section 60(4A)",
    ),
    "warning_notice": Step(
        "Warning notice",
        ("pre_warning",),
        "Education and Inspections Act 2006, section 60",
        urgent=True,
        notice=True,
    ),
    "complied": Step("Complied with", ("warning_notice",), "Education and Inspections Act 2006, section 60"),
    "eligible_for_intervention": Step(
        "Eligible for intervention", (), "Education and Inspections Act 2006, sections 60 to 62"
    ),
    "arrangements": Step(
        "Notice to enter into arrangements",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 63",
        notice=True,
    ),
    "additional_governors": Step(
        "Additional governors",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 64",
        notice=True,
    ),
    "interim_executive_board": Step(
        "Interim executive board (with the consent of the Secretary of State)",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 65 and Schedule 6",
        notice=True,
    ),
    "suspend_delegation": Step(
        "Suspension of the delegated budget",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 66",
        notice=True,
    ),
    "ended": Step("Ended", ("complied", "eligible_for_intervention", *POWERS), "As the step that it ends"),
}
NOTICES = tuple(key for key, step in STEPS.items() if step.notice)
RECIPIENTS = {
    "chair": "Chair of governors, for the governing body",
    "head": "Headteacher",
    "dfe": "Department for Education, for the Secretary of State",
    "ofsted": "Ofsted, for the Chief Inspector",
    "diocese": "Diocesan authority",
    "foundation": "Person who appoints the foundation governors",
    "consortium": "Consortium",
}
OWED_A_NOTICE = ("chair", "head")
"""Recipients of every statutory letter: the governing body and the headteacher, who is owed a copy of a suspension at
the same time (EIA 2006, section 66(3)).

A warning notice is copied at the same time to the headteacher, the Chief Inspector, the diocesan authority of a
Church of England or Roman Catholic school and, at these and every other foundation or voluntary school, the person
who appoints the foundation governors (EIA 2006, section 60(6)), and to the Secretary of State (section 60(6A)). A
notice of an interim executive board is copied to every governor and interim executive member, the Secretary of State,
and the diocesan authority of a Church of England or Roman Catholic school or the person who appoints the foundation
governors of another foundation or voluntary school (EIA 2006, Schedule 6, paragraph 6(1)). The chair stands for the
governors.
"""

COPIED = {"warning_notice": ("ofsted", "dfe"), "interim_executive_board": ("dfe",)}
"""Further recipients of a copy for every school; the diocese or foundation depends on the kind of school."""

GROUNDS = {
    "standards": "Standards of performance are unacceptably low and likely to stay so",
    "breakdown": "Management or governance has seriously broken down",
    "safety": "The safety of pupils or staff is threatened",
    "warning_ignored": "A warning notice was not complied with",
    "inspection": "An inspection found that intervention is required",
    "budget": "The delegated budget is grossly mismanaged",
    "safeguarding": "The duty to safeguard and promote the welfare of pupils",
    "equality": "The public sector equality duty",
}
"""Grounds on which the authority may overrule headteachers: its statutory responsibilities. Source: domain
WI15, X1.
"""


def is_open(key: str, done: set[str]) -> bool:
    """Whether a step may follow these steps without an urgent reason."""
    return not STEPS[key].after or bool(done & set(STEPS[key].after))


def powers_lapse_on(comply_by: date) -> date:
    """The last day on which powers that follow a warning notice may be used.

    Two months that begin on the day after the last day of the compliance period. Source: EIA 2006, sections
    63(3) and 64(2): "within the period of two months following the end of the compliance period". Where the
    months differ in length, the other reading of that sentence can end up to three days earlier.
    """
    return max(_two_months_after(comply_by), _two_months_after(comply_by + ONE_DAY) - ONE_DAY)


class TakenStep(msgspec.Struct, frozen=True):
    """A step that was taken: what the rules need to know of it."""

    id: UUID
    kind: str
    taken_on: date
    comply_by_on: date | None
    eligible_by: str | None


class Notice(msgspec.Struct, frozen=True):
    """A warning notice of the authority: the date of the step, and the last day of the compliance period."""

    taken_on: date
    comply_by_on: date


def last_notice(steps: Iterable[TakenStep]) -> Notice | None:
    """The authority's warning notice that is in force: its latest, unless one of the Secretary of State came later.

    Source: EIA 2006, section 60(4B).
    """
    notices = [one for one in steps if one.kind in ("warning_notice", "secretary_notice")]
    last = max(notices, key=lambda one: (one.taken_on, one.id), default=None)
    if last is None or last.kind == "secretary_notice" or last.comply_by_on is None:
        return None
    return Notice(last.taken_on, last.comply_by_on)


def legal_obstacle(kind: str, taken_on: date, by: str | None, steps: Iterable[TakenStep]) -> str | None:
    """The sentence that says why a step cannot be taken on this day after these steps; None if it can.

    `by` is the ground on which the school is eligible. PostgreSQL checks the same rules
    (`check_statutory_step`).
    """
    steps = [one for one in steps if one.taken_on <= taken_on]
    if kind == "suspend_delegation" and by == MISMANAGEMENT:
        return None
    if kind == "warning_notice":
        return _not_permitted(steps)
    if kind == "additional_governors" and any(one.kind == "interim_executive_board" for one in steps):
        return "An interim executive board is in place. Governors cannot be added to it in this way"
    if kind == "eligible_for_intervention":
        return _not_eligible(taken_on, steps) if by == "warning_notice" else None
    return _powers_lapsed(kind, taken_on, steps) if kind in POWERS and not _by_inspection(steps) else None


def _powers_lapsed(kind: str, taken_on: date, steps: Iterable[TakenStep]) -> str | None:
    notice = last_notice(steps)
    if notice is None:
        return "The warning notice ended with that of the Secretary of State. Give a new one first"
    if kind not in LIMITED or taken_on <= powers_lapse_on(notice.comply_by_on):
        return None
    return (
        f"The powers that follow the warning notice lapsed after {format_date(powers_lapse_on(notice.comply_by_on))}. "
        "Give a new warning notice first"
    )


def _not_permitted(steps: Iterable[TakenStep]) -> str | None:
    """Why the authority may not give a warning notice. Source: EIA 2006, section 60(4A)."""
    by_secretary = [
        (one.taken_on, one.id, one.kind)
        for one in steps
        if one.kind in ("secretary_notice", "secretary_permission")
    ]
    if not by_secretary or max(by_secretary)[2] == "secretary_permission":
        return None
    return "The Secretary of State has given a warning notice. Record first that they permit one of the authority"


def _by_inspection(steps: Iterable[TakenStep]) -> bool:
    return any(one.kind == "eligible_for_intervention" and one.eligible_by in BY_INSPECTION for one in steps)


def _not_eligible(taken_on: date, steps: list[TakenStep]) -> str | None:
    notice = last_notice(steps)
    if notice is None:
        return "No warning notice of the authority is in force. Record it first, or choose the inspection"
    if any(one.kind == "complied" and one.taken_on >= notice.taken_on for one in steps):
        return "The warning notice was complied with, so the school is not eligible by it"
    if taken_on <= notice.comply_by_on:
        return (
            f"The compliance period ends on {format_date(notice.comply_by_on)}. "
            "The school can be eligible from the day after"
        )
    return None


def _two_months_after(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + 2, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def order_as_sql() -> str:
    """The order of the steps as SQL rows: (step, a step that must come before it)."""
    return ", ".join(f"('{key}', '{before}')" for key, step in STEPS.items() for before in step.after)
