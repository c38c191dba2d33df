"""The phases that a post may be about: the register's, and special schools and referral units apart."""

from typing import Any

from alongside.features.schools.models import PHASES as REGISTER_PHASES

PHASES = {
    **{key: label for key, label in REGISTER_PHASES.items() if key != "not_applicable"},
    "special": "Special",
    "pupil_referral_unit": "Pupil referral unit",
    "not_applicable": "Not one phase",
}


def phase_of(school: Any) -> str:
    """The phase that a school's own need has: its kind where it is no mainstream school, else its phase."""
    phase: str = school.phase if school.kind == "mainstream" else school.kind
    return phase
