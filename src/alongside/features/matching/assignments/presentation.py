"""Formats a stored explanation for its page: score chart, better offers, effects of forcing a pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.matching.assignments.redaction import Names
from alongside.features.matching.engine.result import Explanation, ForcedResult
from alongside.features.matching.engine.rule_labels import (
    FEW_REVIEWS,
    PART_WORDS,
    PARTS,
    TRAITS,
    WHY_NEUTRAL,
    Part,
)
from alongside.features.matching.engine.score import Score
from alongside.platform.web.formatting import format_count, format_days


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a score: its label, value (0 to 1000), points, and whether it has no known facts."""

    words: str
    value: int
    points: int
    missing: bool
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class NamedHolder:
    """A need that uses days of an offer in the plan."""

    name: str
    tier: int
    score: int
    days: str


@dataclass(frozen=True, slots=True)
class BetterOffer:
    """An offer that suits a need better, why it is not chosen, who has its days, and what forcing it would do."""

    id: UUID
    name: str
    score: int
    why: str
    held_by: Sequence[NamedHolder]
    forced: Sequence[str]


def parts_of(kept: Score | None) -> list[ScorePart]:
    """The parts of a score for the chart; none without a partner.

    The points add up to the score. `notes` say which facts were known and which were left out as neutral.
    """
    if kept is None:
        return []
    return [
        ScorePart(
            words=PART_WORDS[part],
            value=kept.parts[part],
            points=kept.points[part],
            missing=part in kept.missing,
            notes=_notes(part, kept),
        )
        for part in PARTS
        if part in kept.parts
    ]


def _notes(part: Part, kept: Score) -> list[str]:
    """Notes for a part whose basis is not obvious: which facts were missing, and which were used instead."""
    if part in kept.missing:
        return [f"{WHY_NEUTRAL[part]}, so it does not raise or lower the score."]
    if part is Part.TRACK_RECORD and kept.few_reviews:
        return [f"{FEW_REVIEWS}."]
    known = kept.alike_in
    if part is not Part.CONTEXT or known is None:
        return []
    left_out = [words for trait, words in TRAITS.items() if trait not in known]
    said = [f"Goes by {listed([TRAITS[trait] for trait in known])}."]
    if left_out:
        said.append(f"Not known for both schools, so it does not change the score: {listed(left_out)}.")
    return said


def listed(words: Sequence[str]) -> str:
    """Join words into a list: “pupils, free school meals and town or country”."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def better_offers(why: Explanation | None, names: Names) -> list[BetterOffer]:
    """The better offers for a need, why they are not chosen, and which needs have their days."""
    return [
        BetterOffer(
            id=one.offer,
            name=names.offer(one.offer),
            score=one.score.score,
            why=_why_not(one.why),
            held_by=[
                NamedHolder(
                    names.need(holder.need), holder.tier, holder.score, format_days(holder.half_days / 2)
                )
                for holder in one.held_by
            ],
            forced=forced_sentences(one.if_forced, names),
        )
        for one in (() if why is None else why.better)
    ]


def _why_not(why: str) -> str:
    return {
        "full": "Its days or places are taken in this plan.",
        "money": "The money for it is spent elsewhere in this plan.",
        "whole": "This offer helps more with another need, so the plan uses it there.",
    }.get(why, "")


def forced_sentences(forced: ForcedResult | None, names: Names) -> list[str]:
    """The effects of forcing a pair into the plan, one sentence each."""
    if forced is None:
        return []
    said = []
    losers, movers = forced.losers, forced.movers
    if losers:
        said.append(f"{named(losers, names)} would lose their partner.")
    if movers:
        said.append(f"{named(movers, names)} would get another partner.")
    if not losers and not movers:
        said.append("Nobody else would be moved.")
    said.append(points_label(forced.points))
    if not forced.exact:
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


def named(needs: Sequence[UUID], names: Names) -> str:
    """Name the needs that this person may see, and count the others."""
    return listed([names.need(one) for one in needs])
