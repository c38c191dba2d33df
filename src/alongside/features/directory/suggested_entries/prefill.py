"""Pre-fill an entry from an agreement's records. Nothing is invented, and the school has to review all of it."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.directory.models import LENGTH
from alongside.features.directory.suggested_entries.queries import AimText, NeedText, VisitRecord
from alongside.platform.web.formatting import format_month

SELF_REPORTED, MEASURED = 1, 3
"""Evidence levels (`directory/evidence.py`)."""


def filled(
    need: NeedText,
    aims: Sequence[AimText],
    visits: Iterable[VisitRecord],
    changes: Iterable[str],
    reached: Mapping[UUID, str],
    settings: AuthoritySettings,
) -> dict[str, object]:
    """The columns of an entry, from the need, the aims with their measures, and the visits.

    `changes` are what the closing reviews say has changed, `reached` maps each aim to the value reached. Evidence
    counts as measured only where a number before and one after are known.
    """
    done = [
        f"- **{visit.focus}** ({format_month(visit.visit_on)}): {_one_line(visit.done)}" for visit in visits
    ]
    measured = [
        f"- {aim.aim}: {aim.measure}, from {aim.baseline or 'not measured'} to {reached.get(aim.id) or 'not measured'}"
        f" (target: {aim.target or 'none'})"
        for aim in aims
    ]
    before_and_after = any(_has_number(aim.baseline) and _has_number(reached.get(aim.id)) for aim in aims)
    changed = [_one_line(text) for text in changes]
    widest = settings.directory.widest
    return {
        "kind": "practice",
        "title": need.title,
        "themes": [need.theme] if need.theme else [],
        "phases": [need.phase] if need.phase else [],
        "key_stages": [need.key_stage] if need.key_stage else [],
        "problem": need.wanted[:LENGTH],
        "context": "",
        "what_we_did": "\n".join(done)[:LENGTH],
        "evidence": "\n\n".join(["What we measured:", "\n".join(measured), *changed])[:LENGTH],
        "claimed_level": MEASURED if before_and_after else SELF_REPORTED,
        "what_to_avoid": "",
        "what_you_need": "",
        "cost_pence": None,
        "staff_hours": None,
        "staff_time": "",
        "term": None,
        "who_to_ask": "",
        "visibility": "consortium" if widest == "consortium" else "authority",
    }


def _has_number(text: str | None) -> bool:
    return any(character.isdecimal() for character in text or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
