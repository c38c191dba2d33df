"""The phases of posts: the register's phases, plus special schools and pupil referral units."""

from alongside.features.schools.models import PHASES as REGISTER_PHASES

PHASES = {
    **{key: label for key, label in REGISTER_PHASES.items() if key != "not_applicable"},
    "special": "Special",
    "pupil_referral_unit": "Pupil referral unit",
    "not_applicable": "Not one phase",
}
