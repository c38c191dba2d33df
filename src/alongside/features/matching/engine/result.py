"""What comes of matching: a plan with its proofs, options after a decline, explanations, findings on supply.

As plain values that can be written as JSON and read again. Points and scores are whole numbers.
"""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.score import Score


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One offer for one need in a plan, with what it takes; `why_fixed` is accepted or pinned, if it is either."""

    need: UUID
    offer: UUID
    score: Score
    half_days: int
    pence: int
    miles: float | None = None
    why_fixed: Literal["accepted", "pinned"] | None = None


class Unserved(msgspec.Struct, frozen=True, kw_only=True):
    """A need without a partner, and why in a sentence.

    `candidates` offers passed every rule; `ruled_out` counts the others by the first rule that they break, so that
    all add up to the offers that there are. `needs_person` after so many declines in a row.
    """

    need: UUID
    sentence: str
    candidates: int
    ruled_out: dict[str, int]
    needs_person: bool = False


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many needs of one tier have a partner; `proven` that no plan serves more, higher tiers coming first."""

    tier: int
    needs: int
    served: int
    at_most: int
    proven: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The best set of pairs that was found, and how good it is known to be.

    `status`: optimal is proven; gap is the best found in the time there was, at most `gap` (a share of the
    objective) from the best there can be; greedy is the fallback. `stopped` says why it stopped, in a sentence.
    `objective` and `bound` are in the points of the programme.
    """

    status: Literal["optimal", "gap", "greedy"]
    stopped: str
    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    coverage: tuple[Coverage, ...]
    second_partners: int
    objective: int
    bound: float | None
    gap: float | None
    offers: int
    candidates: int
    seconds: float
    input_hash: str
    weights_version: str
    seed: int
    notes: tuple[str, ...] = ()


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that would be moved: `need` goes from one offer to another and would be asked again."""

    need: UUID
    offer: UUID
    to: UUID
    score_before: int
    score_after: int


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A way to mend a plan after a decline: another offer for the need, moving one other pair at most.

    `points` is what the whole plan's objective gains or loses against the plan without the declined pair.
    """

    need: UUID
    offer: UUID
    score: Score
    half_days: int
    pence: int
    points: int
    move: Move | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan would be after one act of a lead (pin, forbid, swap), against the plan as it stands."""

    plan: Plan
    points: int
    moved: tuple[UUID, ...]
    gained: tuple[UUID, ...]
    lost: tuple[UUID, ...]


class CurrentHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Who has the days of an offer in the plan."""

    need: UUID
    tier: int
    score: int
    half_days: int


class ForcedResult(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen if a pair were forced into the plan.

    `points` of the objective, `coverage` more or fewer needs served; `losers` would then have nobody, `movers`
    another partner. `exact` when solved to the end, else it is the best that was found nearby.
    """

    points: int
    coverage: int
    losers: tuple[UUID, ...]
    movers: tuple[UUID, ...]
    exact: bool


class BetterAlternative(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that suits the need better than the chosen one, and why it is not chosen."""

    offer: UUID
    score: Score
    why: Literal["full", "money", "whole"]
    held_by: tuple[CurrentHolder, ...]
    if_forced: ForcedResult | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a need has the partner that it has, or none: stored with the run.

    `rank` of the chosen offer among the `of` candidates, 1 for the best; None with no partner.
    """

    need: UUID
    chosen: Pair | None
    rank: int | None
    of: int
    better: tuple[BetterAlternative, ...]
    ruled_out: dict[str, int]
    only_by: dict[str, int]
    sentence: str


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a shortlist for one need."""

    offer: UUID
    score: Score
    miles: float | None
    half_days: int
    pence: int


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """The best offers for one need of those that pass every rule, `of` in all; a sentence when there is none."""

    need: UUID
    ranked: tuple[Ranked, ...]
    of: int
    ruled_out: dict[str, int]
    sentence: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Needs on one theme, in one phase, for one term: how many, with no candidate, with candidates but no partner."""

    theme: str
    phase: str
    term: str
    needs: int
    without_supply: int
    short_of_days: int


class ScarceOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that is scarce: what three more days, or one more place, would bring.

    `price` is what the relaxation says they are worth in points; `needs_met` and `points` were checked by solving
    the plan again with them, to the end when `exact`, else it is the least that they bring.
    """

    offer: UUID
    price: int
    more_half_days: int
    more_engagements: int
    needs_met: int
    points: int
    exact: bool


class RecruitmentEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What one more leader of a kind would bring: strong in a theme, for a phase, with usual days; checked likewise."""

    theme: str
    phase: str
    half_days: int
    needs_met: int
    points: int
    exact: bool


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Half days that a school gives and gets in a plan, beside what it gave lately."""

    school: int
    gives: int
    gets: int
    gave_lately: int | None
    over: bool


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """Where supply falls short, which offers are scarce, and who carries how much."""

    gaps: tuple[Gap, ...]
    scarce: tuple[ScarceOffer, ...]
    balance: tuple[Balance, ...]
    recruits: tuple[RecruitmentEffect, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run brings forth and that is stored with it."""

    plan: Plan
    explanations: tuple[Explanation, ...]
    supply: Supply
