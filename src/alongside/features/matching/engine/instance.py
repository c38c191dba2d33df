"""The input of the engine: schools, needs, offers, pair history, money and parameters.

All values can be stored as JSON and read again years later, so that a run can be replayed. Units: half days,
pence, metres on the national grid, percent. Unknown values are None, never 0.
"""

import hashlib
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

FORMAT = 1
"""The version of the stored format; later versions must read earlier ones."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a school: pupils on roll, percentages of pupils, 1 for urban and 0 for rural."""

    pupils: int | None = None
    fsm_percent: float | None = None
    eal_percent: float | None = None
    send_percent: float | None = None
    urban: float | None = None


class School(msgspec.Struct, frozen=True, kw_only=True):
    """One school; `groups` are the keys of its trust and its federation, `consortia` of its consortia."""

    urn: int
    authority: int
    consortia: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    easting: int | None = None
    northing: int | None = None
    context: Context = Context()


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One open need.

    `half_days` is None when the school is not sure yet. `tier` 1 comes before 2 and 3. `pool` is the key of
    the budget that would pay. `designations`: any of these is required; () requires none. `shown_to_all` says
    whether schools beyond the consortium may see it. `declines` counts those in a row since the last
    acceptance. `short` says that the school has fewer days of support agreed than its category gives.
    """

    id: UUID
    school: int
    phase: str
    theme: str
    tier: Literal[1, 2, 3]
    half_days: int | None = None
    partners: Literal[1, 2] = 1
    starts_on: date | None = None
    ends_on: date | None = None
    terms: tuple[str, ...] = ()
    pool: str | None = None
    designations: tuple[str, ...] = ()
    shown_to_all: bool = True
    waiting_since: date | None = None
    declines: int = 0
    short: bool = False


class ExistingAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """A designation, and the last day on which it is valid."""

    designation: str
    until: date | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One live offer with its remaining capacity.

    `themes` holds the strength in each, 0 to 1000, None without evidence. `fit`: the school may support
    others and does not receive intervention itself. `confirmed`: the school confirmed the offer recently, and
    its designation has not expired. `last_asked_on` is when it was last asked to help. `burden_half_days` is
    what its school gave in the last three terms. `reviews_good` counts those of the `reviews` by supported
    schools that would work with it again.
    """

    id: UUID
    school: int
    half_days: int
    engagements: int
    themes: dict[str, int | None]
    phases: tuple[str, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    terms: tuple[str, ...] = ()
    travel_miles: int | None = None
    pence_per_day: int = 0
    designations: tuple[ExistingAgreement, ...] = ()
    shown_to_all: bool = True
    fit: bool = True
    confirmed: bool = True
    last_asked_on: date | None = None
    burden_half_days: int | None = None
    reviews: int = 0
    reviews_good: int = 0


class PairHistory(msgspec.Struct, frozen=True, kw_only=True):
    """A known fact about one offer for one need.

    accepted: agreed or proposed by a school, always kept. pinned: a lead keeps it in the plan. forbidden: a
    lead keeps it out. declined: one side declined this term. planned: it is in the current plan.
    """

    need: UUID
    offer: UUID
    what: Literal["accepted", "pinned", "forbidden", "declined", "planned"]


class PairFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Two schools that must not be matched in either direction.

    excluded: one of them excluded the other. interest: a person declared an interest.
    """

    school: int
    other: int
    what: Literal["excluded", "interest"]


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """The money that a pool may still spend, in pence."""

    pool: str
    pence: int


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The relative weight of each part of the score."""

    expertise: int = 40
    track_record: int = 15
    travel: int = 20
    context: int = 15
    locality: int = 10
    burden: int = 10


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """The difference at which two schools count as dissimilar.

    Ratio of pupils, percentage points, urban or rural.
    """

    pupils_times: float = 4.0
    fsm_points: float = 30.0
    eal_points: float = 40.0
    send_points: float = 20.0
    urban: float = 1.0


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The authority's settings for matching, with tested defaults.

    `model`: `slots` ignores days and money. `bonus` is the value of a first partner by tier, `second` of a
    second partner; scores are 0 to 1000. `short` is added to the first partner of a need whose school is short of
    support, so that it comes before others of its tier. `stickiness` is added to pairs of the current plan. A new plan
    is offered when it is better by `margin`. After `declines` in a row a person is asked to look.
    """

    weights: Weights = Weights()
    weights_version: str = "1"
    likeness: Likeness = Likeness()
    model: Literal["days", "slots"] = "days"
    strength_at_least: int = 500
    score_at_least: int = 450
    travel_miles: int = 25
    unsure_half_days: int = 6
    prior_reviews: int = 4
    prior_good: int = 700
    full_burden_half_days: int = 40
    bonus: tuple[int, int, int] = (20_000, 6_000, 2_000)
    second: int = 300
    short: int = 1000
    stickiness: int = 50
    margin: int = 100
    declines: int = 3
    limit_seconds: float = 3.0
    seed: int = 1


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """All inputs of a plan; `on` is the day for which it is calculated."""

    on: date
    schools: tuple[School, ...]
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    known: tuple[PairHistory, ...] = ()
    between: tuple[PairFacts, ...] = ()
    budgets: tuple[Budget, ...] = ()
    parameters: Parameters = Parameters()
    format: int = FORMAT


def canonical(instance: Instance) -> Instance:
    """Sort the rows of an instance, so that their original order has no effect."""
    return msgspec.structs.replace(
        instance,
        schools=tuple(sorted(instance.schools, key=lambda school: school.urn)),
        needs=tuple(sorted(instance.needs, key=lambda need: need.id)),
        offers=tuple(sorted(instance.offers, key=lambda offer: offer.id)),
        known=tuple(sorted(instance.known, key=lambda pair: (pair.need, pair.offer, pair.what))),
        between=tuple(sorted(instance.between, key=lambda pair: (pair.school, pair.other, pair.what))),
        budgets=tuple(sorted(instance.budgets, key=lambda budget: budget.pool)),
    )


def stored(instance: Instance) -> bytes:
    """The instance as JSON, with rows and keys in canonical order."""
    return msgspec.json.encode(canonical(instance), order="sorted")


def restored(text: bytes | str) -> Instance:
    """Read a stored instance, also of an earlier format. Raises msgspec.ValidationError."""
    return msgspec.json.decode(text, type=Instance)


def input_hash(instance: Instance) -> str:
    """SHA-256 of the stored instance; does not depend on the order of the rows."""
    return hashlib.sha256(stored(instance)).hexdigest()
