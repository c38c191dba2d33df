"""Formats a stored explanation for its page: score chart, better offers, effects of forcing a pair."""

from collections.abc import Mapping, Sequence
from typing import Any

from alongside.features.matching.assignments.redaction import Names
from alongside.features.matching.engine.rule_labels import (
    FEW_REVIEWS,
    PART_WORDS,
    PARTS,
    TRAITS,
    WHY_NEUTRAL,
    Part,
)
from alongside.platform.web.formatting import format_count, format_days


def parts_of(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a score for the chart: value (0 to 1000), points, whether the value is known.

    The points add up to the score. `notes` say which facts were known and which were left out as neutral.
    """
    parts, points, missing = kept.get("parts", {}), kept.get("points", {}), kept.get("missing", ())
    return [
        {
            "words": PART_WORDS[part],
            "value": parts[part],
            "points": points[part],
            "missing": part in missing,
            "notes": _notes(part, kept),
        }
        for part in PARTS
        if part in parts
    ]


def _notes(part: Part, kept: Mapping[str, Any]) -> list[str]:
    """Notes for a part whose basis is not obvious: which facts were missing, and which were used instead."""
    if part in kept.get("missing", ()):
        return [f"{WHY_NEUTRAL[part]}, so it counts as middling: it neither helps nor harms."]
    if part is Part.TRACK_RECORD and kept.get("few_reviews"):
        return [f"{FEW_REVIEWS}."]
    known = kept.get("alike_in")
    if part is not Part.CONTEXT or known is None:
        return []
    left_out = [words for trait, words in TRAITS.items() if trait not in known]
    said = [f"Goes by {listed([TRAITS[trait] for trait in known])}."]
    if left_out:
        said.append(f"Not known of both, so left out as neutral: {listed(left_out)}.")
    return said


def listed(words: Sequence[str]) -> str:
    """Join words into a list: “pupils, free school meals and town or country”."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def better_offers(why: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    """The better offers for a need, why they are not chosen, and which needs have their days."""
    return [
        {
            "id": one["offer"],
            "name": names.offer(one["offer"]),
            "score": one["score"]["score"],
            "why": _why_not(one["why"]),
            "held_by": [
                {
                    "name": names.need(holder["need"]),
                    "tier": holder["tier"],
                    "score": holder["score"],
                    "days": format_days(holder["half_days"] / 2),
                }
                for holder in one["held_by"]
            ],
            "forced": forced_sentences(one.get("if_forced"), names),
        }
        for one in why.get("better", ())
    ]


def _why_not(why: str) -> str:
    return {
        "full": "Its days or places are taken in this plan.",
        "money": "The money for it is spent elsewhere in this plan.",
        "whole": "It brings more elsewhere, so that all needs together are served better.",
    }.get(why, "")


def forced_sentences(forced: Mapping[str, Any] | None, names: Names) -> list[str]:
    """The effects of forcing a pair into the plan, one sentence each."""
    if forced is None:
        return []
    said = []
    losers, movers = forced["losers"], forced["movers"]
    if losers:
        said.append(f"{named(losers, names)} would have nobody.")
    if movers:
        said.append(f"{named(movers, names)} would get another partner.")
    if not losers and not movers:
        said.append("Nobody else would be moved.")
    said.append(points_label(forced["points"]))
    if not forced["exact"]:
        said.append("This is the best that was found nearby; the whole plan was not solved again for it.")
    return said


def points_label(points: int) -> str:
    """The effect of a change on the whole plan: “The whole plan would lose 59 points.”"""
    if points == 0:
        return "The whole plan would keep its points."
    return f"The whole plan would {'lose' if points < 0 else 'gain'} {format_count(abs(points), 'point')}."


def against_before(points: int) -> str:
    """The score of a replacement compared with the lost partner: “98 points fewer than before.”"""
    if points == 0:
        return "As good as before."
    return f"{format_count(abs(points), 'point')} {'fewer' if points < 0 else 'more'} than before."


def named(needs: Sequence[Any], names: Names) -> str:
    """Name the needs that this person may see, and count the others."""
    return listed([names.need(one) for one in needs])
