"""The statutory ladder: its steps, which must come before which, and the law that each stands on.

Source: domain §5.5; Education and Inspections Act 2006, Part 4; School Standards and Framework Act 1998, section 51;
Education Act 1996, section 13A.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its words, the steps of which one must come before, and the law that it usually stands on.

    `urgent` is whether it may come early, with a reason that is recorded; `notice` whether the governing body has a
    right to a letter and a day to answer.
    """

    label: str
    after: tuple[str, ...]
    basis: str
    urgent: bool = True
    notice: bool = False


POWERS = ("arrangements", "additional_governors", "interim_executive_board", "suspend_delegation")
STEPS = {
    "informal_concern": Step("Informal concern", (), "Education Act 1996, section 13A"),
    "concern_meeting": Step("Concern meeting", ("informal_concern",), "Education Act 1996, section 13A"),
    "pre_warning": Step(
        "Pre-warning letter", ("concern_meeting",), "Education Act 1996, section 13A", notice=True
    ),
    "warning_notice": Step(
        "Warning notice", ("pre_warning",), "Education and Inspections Act 2006, section 60", notice=True
    ),
    "complied": Step(
        "Complied with", ("warning_notice",), "Education and Inspections Act 2006, section 60", urgent=False
    ),
    "eligible_for_intervention": Step(
        "Eligible for intervention",
        ("warning_notice",),
        "Education and Inspections Act 2006, sections 60 to 62",
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
        "Interim executive board",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 65",
        notice=True,
    ),
    "suspend_delegation": Step(
        "Suspension of the delegated budget",
        ("eligible_for_intervention",),
        "Education and Inspections Act 2006, section 66",
        notice=True,
    ),
    "ended": Step(
        "Ended", ("complied", "eligible_for_intervention", *POWERS), "As the step that it ends", urgent=False
    ),
}
NOTICES = tuple(key for key, step in STEPS.items() if step.notice)
RECIPIENTS = {
    "head": "Headteacher",
    "chair": "Chair of governors",
    "diocese": "Diocese or foundation",
    "dfe": "Department for Education",
    "consortium": "Consortium",
}
OWED_A_NOTICE = ("chair", "head")
"""To whom every notice goes. Source: Education and Inspections Act 2006, section 60(4)."""

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
"""On what the authority may overrule heads: its statutory responsibilities, nothing else. Source: domain WI15, X1."""


def is_open(key: str, done: set[str]) -> bool:
    """Whether a step may be taken after these, without a reason for haste."""
    return not STEPS[key].after or bool(done & set(STEPS[key].after))


def gates_as_sql() -> str:
    """The gates as rows of SQL: (step, a step that must come before)."""
    return ", ".join(f"('{key}', '{before}')" for key, step in STEPS.items() for before in step.after)
