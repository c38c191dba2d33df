"""Properties of all plans: no hard rule, day, engagement, budget, pin or accepted pair is ever broken."""

from random import Random
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.features.matching.engine import greedy
from alongside.features.matching.engine.arrays import arrange
from alongside.features.matching.engine.candidates import find
from alongside.features.matching.engine.instance import Instance, PairHistory, input_hash, restored, stored
from alongside.features.matching.engine.lexicographic import solve
from alongside.features.matching.engine.planning import Prepared, fallback, plan, written
from alongside.features.matching.engine.result import Plan
from alongside.features.matching.engine.validation import InfeasibleProblem
from tests.features.matching.engine import brute
from tests.features.matching.engine.drawn import draw, many
from tests.features.matching.engine.lawful import broken_rules, faults
from tests.features.matching.engine.made import authority


def shuffled(instance: Instance, chance: Random) -> Instance:
    """The same rows in another order."""
    rows = ("schools", "needs", "offers", "known", "between", "budgets")
    return msgspec.structs.replace(
        instance,
        **{
            name: tuple(chance.sample(getattr(instance, name), len(getattr(instance, name)))) for name in rows
        },
    )


def attempt(instance: Instance) -> tuple[Plan | None, InfeasibleProblem | None]:
    """A plan, or the refusal."""
    try:
        return plan(instance), None
    except InfeasibleProblem as impossible:
        return None, impossible


def timeless(plan: Plan) -> Plan:
    """A plan without its duration."""
    return msgspec.structs.replace(plan, seconds=0.0)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_rule_is_ever_broken(chance: Random) -> None:
    """Checked with the second implementation of the rules; Hypothesis shrinks failures."""
    instance = draw(chance)
    made = plan(instance)
    assert faults(instance, made) == []
    assert made.status == "optimal"


def test_no_rule_is_ever_broken_in_many_instances() -> None:
    """The same for many more instances, with and without the solver."""
    pairs = 0
    for instance in many():
        prepared = Prepared(instance)
        made = plan(instance)
        pairs += len(made.pairs)
        assert faults(instance, made) == []
        assert faults(instance, fallback(prepared, "because")) == []
    assert pairs > 60


def test_exactly_the_pairs_that_break_no_rule_are_candidates() -> None:
    """The counts of ruled-out offers and candidates add up to all offers."""
    for instance in many(share=2):
        loose = msgspec.structs.replace(
            instance, parameters=msgspec.structs.replace(instance.parameters, score_at_least=0)
        )
        columns = arrange(loose)
        candidates = find(columns)
        needs, offers = columns.instance.needs, columns.instance.offers
        authority = {school.urn: school.authority for school in loose.schools}
        accepted = {(known.need, known.offer) for known in loose.known if known.what == "accepted"}
        found = {
            (needs[need].id, offers[offer].id)
            for need, offer in zip(candidates.need.tolist(), candidates.offer.tolist(), strict=True)
        }
        expected = {
            (need.id, offer.id)
            for need in needs
            for offer in offers
            if authority[need.school] == authority[offer.school] and not broken_rules(loose, need, offer)
        }
        assert found == expected | accepted
        for at, need in enumerate(needs):
            there = sum(authority[offer.school] == authority[need.school] for offer in offers)
            assert candidates.ruled_out[at].sum() == there


def test_small_plans_are_the_best_there_are() -> None:
    """In needs served by tier, then in the objective, against trying all plans."""
    compared = 0
    for seed in range(0, 10_000, 31):
        prepared = Prepared(draw(Random(seed), needs=4, offers=3, loose=seed % 2 == 0))
        if len(prepared.candidates.need) > 9:
            continue
        expected = brute.best(prepared)
        made = plan(prepared.columns.instance)
        assert expected is not None
        assert tuple(tier.served for tier in made.coverage) == expected[0]
        assert made.objective == expected[1]
        assert all(tier.proven for tier in made.coverage)
        compared += len(made.pairs) > 0
    assert compared > 80


def test_the_order_of_rows_changes_nothing() -> None:
    """Neither the plan nor the input hash changes; so the same input gives the same plan."""
    for seed, instance in enumerate(many(share=4)):
        other = shuffled(instance, Random(seed))
        assert input_hash(other) == input_hash(instance)
        assert timeless(plan(other)) == timeless(plan(instance))


def test_a_run_is_replayed_from_what_was_stored() -> None:
    """A stored instance with unknown fields restores to the same instance and the same plan."""
    for instance in many(share=30):
        text = stored(instance).replace(b'{"between"', b'{"a_field_of_later":1,"between"')
        assert input_hash(restored(text)) == input_hash(instance)
        assert timeless(plan(restored(text))) == timeless(plan(instance))


def test_pins_are_kept_or_refused() -> None:
    """A feasible pin is in the plan; an infeasible one is refused with a sentence that names it."""
    kept = refused = 0
    for seed, instance in enumerate([*many(share=4), *many(share=4, loose=True)]):
        chance = Random(seed)
        pin = PairHistory(
            need=chance.choice(instance.needs).id, offer=chance.choice(instance.offers).id, what="pinned"
        )
        if any((known.need, known.offer) == (pin.need, pin.offer) for known in instance.known):
            continue
        pinned = msgspec.structs.replace(instance, known=(*instance.known, pin))
        made, impossible = attempt(pinned)
        if impossible is not None:
            refused += 1
            assert "cannot be kept" in impossible.sentence
            assert (impossible.need, impossible.offer) == (pin.need, pin.offer)
        else:
            kept += 1
            assert made is not None
            assert faults(pinned, made) == []
    assert kept > 5
    assert refused > 10


def test_a_tie_goes_to_the_offer_least_recently_asked() -> None:
    """Of two identical offers the least recently asked is chosen, whatever the ids."""
    for seed in range(40):
        model = "days" if seed % 4 < 2 else "slots"
        instance = draw(Random(seed), needs=1, offers=1, loose=True, model=model)
        need = msgspec.structs.replace(instance.needs[0], school=1, partners=1, half_days=2, pool=None)
        offer = msgspec.structs.replace(
            instance.offers[0], school=2, half_days=4, engagements=1, phases=("primary",),
            themes={need.theme: 900}, travel_miles=100,
        )  # fmt: skip
        older, newer = instance.on.replace(month=1), instance.on.replace(month=9)
        first, second = (older, newer) if seed % 2 else (newer, older)
        twins = tuple(
            msgspec.structs.replace(offer, id=UUID(int=number), last_asked_on=asked)
            for number, asked in ((101, first), (102, second))
        )
        parameters = msgspec.structs.replace(instance.parameters, score_at_least=0)
        made = plan(
            msgspec.structs.replace(instance, needs=(need,), offers=twins, known=(), parameters=parameters)
        )
        assert [pair.offer for pair in made.pairs] == [UUID(int=101 if seed % 2 else 102)]


def test_the_plan_is_never_worse_than_without_a_solver() -> None:
    """Tier by tier, and in the objective when all tiers are equal."""
    for instance in many(share=3):
        prepared = Prepared(instance)
        made, without = plan(instance), fallback(prepared, "because")
        better = ([tier.served for tier in made.coverage], made.objective)
        assert better >= ([tier.served for tier in without.coverage], without.objective)


def test_nothing_is_called_proven_that_is_not() -> None:
    """With hardly any time: valid plan and bound, and “the best” only when every tier is proven."""
    stopped = 0
    for seed in range(1, 7):
        instance = authority(134, seed)
        best = plan(instance)
        prepared = Prepared(instance)
        for seconds in (0.0, 0.02, 0.1):
            answer = solve(prepared.programme, seconds, greedy.best_first(prepared.programme))
            made = written(prepared, answer, "optimal" if answer.optimal else "gap", seconds)
            assert faults(instance, made) == []
            assert not answer.optimal or all(tier.proven for tier in made.coverage)
            assert made.bound is None or best.objective <= made.bound
            served = [tier.served for tier in best.coverage]
            assert [tier.served for tier in made.coverage] <= served
            for tier, most in zip(made.coverage, served, strict=True):
                if tier.proven and all(one.proven for one in made.coverage[: tier.tier]):
                    assert tier.served == most
            if not answer.optimal:
                stopped += 1
                assert "stopped" in made.stopped
    assert stopped
