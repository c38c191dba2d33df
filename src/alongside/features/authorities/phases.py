"""The phases in which a school may join a consortium, by its phase in the register."""

from alongside.features.authorities.setting_types import ConsortiumPhase
from alongside.features.authorities.settings import AuthoritySettings

KINDS_BEFORE_PHASE = ("special", "pupil_referral_unit")
"""Kinds of school for which the kind decides, not the phase in the register."""


def consortium_phases(settings: AuthoritySettings, phase: str, kind: str) -> tuple[ConsortiumPhase, ...]:
    """The phases in which a school may have a membership, one in each; empty for a school that joins none.

    `phase` is a key of GIAS's phases (“all_through”), `kind` mainstream, special or pupil_referral_unit.
    """
    deciding = kind if kind in KINDS_BEFORE_PHASE else phase
    phases: tuple[ConsortiumPhase, ...] = getattr(settings.phases, deciding)
    return phases
