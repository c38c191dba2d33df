"""The phases of posts: the register's phases, plus special schools and pupil referral units."""

from typing import Any

from alongside.features.schools.models import PHASES as REGISTER_PHASES

PHASES = {
    **{key: label for key, label in REGISTER_PHASES.items() if key != "not_applicable"},
    "special": "Special",
    "pupil_referral_unit": "Pupil referral unit",
    "not_applicable": "Not one phase",
}


def phase_of(school: Any) -> str:
    """The phase of a school's needs: its kind if it is not a mainstream school, else its phase."""
    phase: str = school.phase if school.kind == "mainstream" else school.kind
    return phase
