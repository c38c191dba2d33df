"""What a partnership has to tell, as the beginning of an entry: nothing is invented, all of it is to be read again."""

from collections.abc import Iterable
from typing import Any

from alongside.authorities.settings import AuthoritySettings
from alongside.directory.model import LENGTH


def filled(
    need: Any, aims: Iterable[Any], visits: Iterable[Any], reviews: Iterable[Any], settings: AuthoritySettings
) -> dict[str, Any]:
    """The columns of an entry, from the need, the aims with their measures, the visits and the closing reviews."""
    done = [f"- **{visit.focus}** ({visit.visit_on:%B %Y}): {_one_line(visit.done)}" for visit in visits]
    measured = [
        f"- {aim.aim}: {aim.measure}, from {aim.baseline or 'not measured'} to {aim.target or 'no target'}"
        for aim in aims
    ]
    changed = [_one_line(review.changed) for review in reviews if review.kind == "closing"]
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
        "evidence": "\n\n".join(["What we aimed at:", "\n".join(measured), *changed])[:LENGTH],
        "claimed_level": 3 if measured else 1,
        "what_to_avoid": "",
        "what_you_need": "",
        "cost_pence": None,
        "staff_hours": None,
        "staff_time": "",
        "term": None,
        "who_to_ask": "",
        "visibility": "consortium" if widest == "consortium" else "authority",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
