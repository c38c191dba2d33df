"""An explanation made into what its page shows: the chart of parts, the better offers, what forcing would do."""

from collections.abc import Mapping, Sequence
from typing import Any

from alongside.matching.engine.words import PART_WORDS, PARTS
from alongside.matching.places.audience import Names
from alongside.web.templates import days, plural


def parts_of(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a score for the chart: how good each is (0 to 1000), what it brings, whether it is known.

    The points add up to the score.
    """
    parts, points, missing = kept.get("parts", {}), kept.get("points", {}), kept.get("missing", ())
    return [
        {
            "words": PART_WORDS[part],
            "value": parts[part],
            "points": points[part],
            "missing": part in missing,
        }
        for part in PARTS
        if part in parts
    ]


def better_offers(why: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    """The offers that suit a need better than the chosen one, why they are not chosen, and who holds their days."""
    return [
        {
            "id": one["offer"],
            "name": names.offer(one["offer"]),
            "score": one["score"]["score"],
            "why": _why_not(one["why"]),
            "held_by": [
                {
                    "name": names.need(held["need"]),
                    "tier": held["tier"],
                    "score": held["score"],
                    "days": days(held["half_days"] / 2),
                }
                for held in one["held_by"]
            ],
            "forced": forced_in_words(one.get("if_forced"), names),
        }
        for one in why.get("better", ())
    ]


def _why_not(why: str) -> str:
    return {
        "full": "Its days or places are taken in this plan.",
        "money": "The money for it is spent elsewhere in this plan.",
        "whole": "It brings more elsewhere, so that all needs together are served better.",
    }.get(why, "")


def forced_in_words(forced: Mapping[str, Any] | None, names: Names) -> list[str]:
    """What would happen if a pair were forced into the plan, a sentence for each effect."""
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
    said.append(points_in_words(forced["points"]))
    if not forced["exact"]:
        said.append("This is the best that was found nearby; the whole plan was not solved anew for it.")
    return said


def points_in_words(points: int) -> str:
    """What a change does to the whole plan: “The whole plan would lose 59 points.”"""
    if points == 0:
        return "The whole plan would keep its points."
    return f"The whole plan would {'lose' if points < 0 else 'gain'} {plural(abs(points), 'point')}."


def against_before(points: int) -> str:
    """How a way to mend compares with the partner who fell away: “98 points fewer than before.”"""
    if points == 0:
        return "As good as before."
    return f"{plural(abs(points), 'point')} {'fewer' if points < 0 else 'more'} than before."


def named(needs: Sequence[Any], names: Names) -> str:
    """Some needs by name; those that may not be named are counted."""
    told = [names.need(one) for one in needs]
    return told[0] if len(told) == 1 else ", ".join(told[:-1]) + " and " + told[-1]
