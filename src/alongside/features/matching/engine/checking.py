"""Checks that pinned pairs are feasible."""

from collections import Counter

import numpy as np

from alongside.features.matching.engine.arrays import Columns
from alongside.features.matching.engine.instance import PairHistory
from alongside.features.matching.engine.rule_labels import RULE_WORDS, RULES
from alongside.features.matching.engine.rules import Block
from alongside.features.matching.engine.validation import InfeasibleProblem


def check_pins(columns: Columns, blocks: list[Block]) -> None:
    """Raises InfeasibleProblem when a pinned pair breaks a rule, or the pins together exceed the capacity."""
    pins = [known for known in columns.instance.known if known.what == "pinned"]
    for pin in pins:
        _check_pin(columns, blocks, pin)
    if pins:
        _check_capacity(columns, pins)


def _check_pin(columns: Columns, blocks: list[Block], pin: PairHistory) -> None:
    need, offer = columns.need_at.get(pin.need), columns.offer_at.get(pin.offer)
    if need is None:
        raise _in_the_way(pin, "its need is no longer open")
    if offer is None:
        raise _in_the_way(pin, "its offer is no longer live")
    mask = _mask(blocks, need, offer)
    if mask is None:
        raise _in_the_way(pin, "the two schools are of different authorities")
    broken = [rule for rule in RULES if mask & rule]
    if broken:
        raise _in_the_way(pin, f"the offer is {RULE_WORDS[broken[0].key]}")


def _mask(blocks: list[Block], need: int, offer: int) -> int | None:
    for block in blocks:
        row, column = np.flatnonzero(block.needs == need), np.flatnonzero(block.offers == offer)
        if len(row) and len(column):
            return int(block.masks[row[0], column[0]])
    return None


def _check_capacity(columns: Columns, pins: list[PairHistory]) -> None:
    """Check pins and accepted pairs together against days, engagements, partners and money."""
    kept = {(known.need, known.offer) for known in columns.instance.known if known.what == "accepted"}
    slots = columns.instance.parameters.model == "slots"
    days, engagements, partners, money = (Counter[int]() for _ in range(4))
    for pin in sorted(pins, key=lambda known: (known.need, known.offer)):
        kept.add((pin.need, pin.offer))
    limits = {budget.pool: 2 * budget.pence for budget in columns.instance.budgets}
    pinned = {(pin.need, pin.offer): pin for pin in pins}
    for ids in sorted(kept, key=lambda pair: (pair in pinned, pair)):
        need, offer = columns.need_at.get(ids[0]), columns.offer_at.get(ids[1])
        if need is None or offer is None:
            continue
        half_days, pool = int(columns.needs.half_days[need]), int(columns.needs.pool[need])
        partners[need] += 1
        engagements[offer] += 1
        days[offer] += half_days
        money[pool] += half_days * int(columns.offers.pence[offer])
        if ids not in pinned:
            continue
        if partners[need] > columns.needs.partners[need]:
            raise _in_the_way(pinned[ids], "the need has as many partners as it asks for without it")
        if engagements[offer] > columns.offers.engagements[offer]:
            raise _in_the_way(pinned[ids], "the offer has no place left for another school")
        if not slots and days[offer] > columns.offers.half_days[offer]:
            raise _in_the_way(pinned[ids], "the offer has not enough days left")
        if not slots and pool >= 0 and money[pool] > limits[columns.pools[pool]]:
            raise _in_the_way(pinned[ids], "there is not enough money left for it")


def _in_the_way(pin: PairHistory, why: str) -> InfeasibleProblem:
    return InfeasibleProblem(
        f"A pair that is kept in the plan cannot be kept: {why}. Take the pin off, or clear what stands in its way.",
        pin.need,
        pin.offer,
    )
