"""The output of the engine: plan, replacement options, explanations, capacity findings.

All values can be stored as JSON and read again. Points and scores are whole numbers.
"""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.score import Score


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One offer for one need in a plan, with its days and cost; `why_fixed` is accepted, pinned or None."""

    need: UUID
    offer: UUID
    score: Score
    half_days: int
    pence: int
    miles: float | None = None
    why_fixed: Literal["accepted", "pinned"] | None = None


class Unserved(msgspec.Struct, frozen=True, kw_only=True):
    """A need without a partner, and the reason in a sentence.

    `candidates` offers passed every rule; `ruled_out` counts the others by the first rule that they break, so
    that the numbers add up to all offers. `needs_person` is set after several declines in a row.
    """

    need: UUID
    sentence: str
    candidates: int
    ruled_out: dict[str, int]
    needs_person: bool = False


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many needs of a tier have a partner; `proven` if no plan serves more, higher tiers coming first."""

    tier: int
    needs: int
    served: int
    at_most: int
    proven: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The best set of pairs that was found, and how good it is known to be.

    `status`: optimal is proven; gap is the best found in the time limit, at most `gap` (a fraction of the
    objective) from the optimum; greedy is the fallback. `stopped` says in a sentence why the search stopped.
    `objective` and `bound` are in points of the programme.
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
    """A pair that would move: `need` goes from one offer to another, which would be asked."""

    need: UUID
    offer: UUID
    to: UUID
    score_before: int
    score_after: int


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """An option to replace a partner after a decline: another offer; at most one other pair moves.

    `points` is the change of the whole plan's objective, compared with the plan without the declined pair.
    """

    need: UUID
    offer: UUID
    score: Score
    half_days: int
    pence: int
    points: int
    move: Move | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The plan after one change by a lead (pin, forbid, swap), compared with the current plan."""

    plan: Plan
    points: int
    moved: tuple[UUID, ...]
    gained: tuple[UUID, ...]
    lost: tuple[UUID, ...]


class CurrentHolder(msgspec.Struct, frozen=True, kw_only=True):
    """A need that uses days of an offer in the plan."""

    need: UUID
    tier: int
    score: int
    half_days: int


class ForcedResult(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of forcing a pair into the plan.

    `points` is the change of the objective, `coverage` the change of needs served; `losers` would have no
    partner, `movers` another one. `exact` when solved to the end; otherwise it is the best found nearby.
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
    """Why a need has its partner, or none; stored with the run.

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
    """One offer of a shortlist, with its score."""

    offer: UUID
    score: Score
    miles: float | None
    half_days: int
    pence: int


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """The best offers for one need that pass every rule, `of` in all; a sentence when there is none."""

    need: UUID
    ranked: tuple[Ranked, ...]
    of: int
    ruled_out: dict[str, int]
    sentence: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Needs for a theme, phase and term: in all, without a candidate, with candidates but no partner."""

    theme: str
    phase: str
    term: str
    needs: int
    without_supply: int
    short_of_days: int


class ScarceOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A scarce offer: the effect of three more days, or of one more engagement.

    `price` is their value in points by the relaxation. `needs_met` and `points` were checked by solving the
    plan again: to the end when `exact`, otherwise they are a lower bound.
    """

    offer: UUID
    price: int
    more_half_days: int
    more_engagements: int
    needs_met: int
    points: int
    exact: bool


class RecruitmentEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of one more leader: strong in a theme, for a phase, with usual days; also checked."""

    theme: str
    phase: str
    half_days: int
    needs_met: int
    points: int
    exact: bool


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Half days that a school gives and receives in a plan, and what it gave lately."""

    school: int
    gives: int
    gets: int
    gave_lately: int | None
    over: bool


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """Unmet need, scarce offers, possible recruits, and the workload of each school."""

    gaps: tuple[Gap, ...]
    scarce: tuple[ScarceOffer, ...]
    balance: tuple[Balance, ...]
    recruits: tuple[RecruitmentEffect, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The complete result of a run, as it is stored."""

    plan: Plan
    explanations: tuple[Explanation, ...]
    supply: Supply
