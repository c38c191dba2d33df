"""After a decline: replacement options, and how little changes in a new plan."""

from random import Random
from uuid import UUID

import msgspec

from alongside.features.matching.engine.diff import compared, sticky
from alongside.features.matching.engine.instance import Instance, PairHistory
from alongside.features.matching.engine.planning import Prepared, pair_at, plan, plan_of
from alongside.features.matching.engine.replacement import needs_person, options, worth_offering
from alongside.features.matching.engine.result import Option, Pair, Plan
from tests.features.matching.engine.drawn import many
from tests.features.matching.engine.lawful import faults
from tests.features.matching.engine.made import authority


def after(made: Plan, gone: Pair, option: Option, prepared: Prepared) -> Plan:
    """The plan without the declined pair and with the option taken."""
    pairs = {(pair.need, pair.offer) for pair in made.pairs} - {(gone.need, gone.offer)}
    pairs.add((option.need, option.offer))
    if option.move is not None:
        pairs.remove((option.move.need, option.move.offer))
        pairs.add((option.move.need, option.move.to))
    columns = prepared.columns
    rows = [
        prepared.candidates.row_of(columns.need_at[need], columns.offer_at[offer]) for need, offer in pairs
    ]
    return msgspec.structs.replace(
        made, pairs=tuple(pair_at(prepared, row) for row in rows if row is not None)
    )


def declined(instance: Instance, pair: Pair) -> Instance:
    """The instance after one side has declined."""
    return msgspec.structs.replace(
        instance, known=(*instance.known, PairHistory(need=pair.need, offer=pair.offer, what="declined"))
    )


def test_every_option_can_be_had() -> None:
    """Each option is feasible and moves at most one pair, which is not accepted."""
    tried = 0
    for instance in many(share=2, loose=True):
        prepared = Prepared(instance)
        made = plan_of(prepared)
        loose = [pair for pair in made.pairs if pair.why_fixed is None]
        if not loose:
            continue
        gone = loose[0]
        accepted = {(pair.need, pair.offer) for pair in made.pairs if pair.why_fixed}
        for option in options(prepared, made.pairs, gone.need, gone.offer):
            tried += 1
            assert option.offer != gone.offer
            if option.move is not None:
                assert (option.move.need, option.move.offer) not in accepted
            assert faults(declined(instance, gone), after(made, gone, option, prepared)) == []
    assert tried > 10


def test_options_come_best_first_and_each_offer_once() -> None:
    """At most three, ordered by the gain of the whole plan."""
    seen = 0
    for seed in (1, 2, 3):
        prepared = Prepared(authority(60, seed))
        made = plan_of(prepared)
        for gone in made.pairs:
            found = options(prepared, made.pairs, gone.need, gone.offer)
            points = [option.points for option in found]
            assert points == sorted(points, reverse=True)
            assert len({option.offer for option in found}) == len(found) <= 3
            seen += len(found)
    assert seen > 50


def test_no_option_beats_planning_anew() -> None:
    """The best option is at most as good as a new plan without the declined pair."""
    for seed in (1, 2):
        instance = authority(50, seed)
        prepared = Prepared(instance)
        made = plan_of(prepared)
        gone = Random(seed).choice(made.pairs)
        anew = plan(declined(instance, gone))
        lost = sum(pair == gone for pair in made.pairs)
        best = options(prepared, made.pairs, gone.need, gone.offer, most=1)
        assert lost == 1
        for option in best:
            assert made.objective - _worth(prepared, gone, made) + option.points <= anew.objective


def _worth(prepared: Prepared, gone: Pair, made: Plan) -> int:
    """What this pair alone contributes to the objective."""
    columns = prepared.columns
    row = prepared.candidates.row_of(columns.need_at[gone.need], columns.offer_at[gone.offer])
    assert row is not None
    partners = sum(pair.need == gone.need for pair in made.pairs)
    need = columns.instance.needs[columns.need_at[gone.need]]
    parameters = columns.instance.parameters
    return int(prepared.programme.worth[row]) + (
        parameters.second if partners > 1 else parameters.bonus[need.tier - 1]
    )


def test_planning_anew_changes_little() -> None:
    """With the bonus for current pairs, one decline moves hardly any other pair."""
    instance = authority(134, 2)
    made = plan(instance)
    moved = []
    for gone in made.pairs[::12]:
        change = compared(made, plan(sticky(declined(instance, gone), made.pairs)))
        moved.append(len(set(change.moved) - {gone.need}))
    assert sum(moved) / len(moved) <= 1.5


def test_a_pair_of_the_plan_beats_a_slightly_better_one() -> None:
    """The bonus keeps the current pair; without it, the better offer is chosen."""
    instance = authority(134, 1)
    prepared = Prepared(instance)
    first = plan_of(prepared)
    need, other = next(
        (pair.need, option.offer)
        for pair in first.pairs
        for option in options(prepared, first.pairs, pair.need, pair.offer)
        if option.move is None and 0 < pair.score.score - option.score.score < 40
    )
    pairs = tuple(
        msgspec.structs.replace(pair, offer=other) if pair.need == need else pair for pair in first.pairs
    )
    again = plan(sticky(instance, pairs))
    assert (need, other) in {(pair.need, pair.offer) for pair in again.pairs}
    assert (need, other) not in {(pair.need, pair.offer) for pair in first.pairs}


def test_a_new_plan_is_offered_only_by_the_margin() -> None:
    """A new plan is always offered when there is no option."""
    instance = authority(30, 1)
    made, parameters = plan(instance), instance.parameters
    assert worth_offering(made.objective - parameters.margin, made, parameters)
    assert not worth_offering(made.objective - parameters.margin + 1, made, parameters)
    assert worth_offering(None, made, parameters)


def test_three_declines_in_a_row_ask_for_a_person() -> None:
    """Only for the need that has no partner."""
    instance = authority(60, 3)
    made = plan(instance)
    assert made.unserved
    tired = msgspec.structs.replace(
        instance, needs=tuple(msgspec.structs.replace(need, declines=3) for need in instance.needs)
    )
    assert not any(one.needs_person for one in made.unserved)
    assert all(one.needs_person for one in plan(tired).unserved)
    assert not needs_person(2, instance.parameters)


def test_a_need_that_is_gone_has_no_options() -> None:
    """The need was withdrawn while somebody looked at the options."""
    prepared = Prepared(authority(30, 1))
    assert options(prepared, plan_of(prepared).pairs, UUID(int=9), UUID(int=9)) == ()
