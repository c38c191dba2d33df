"""Solves the `slots` model exactly as a min-cost flow: without days and money a plan is a flow in a network.

    source -> need    once with the value of its tier (first partner), and once with `second` (further partners)
    need -> offer     once, with the worth of the pair
    offer -> sink     as often as the offer has engagements
    source -> sink    for partners that nobody can give

Two plans differ by cycles of this network. A cycle visits each school's need or offer once, so it changes the
worth by `spread` at most, and the needs served by one more and one less at most. With tiers valued more than
`spread` apart, tiers therefore come strictly first. All costs are whole numbers: the result is exact.
"""

import numpy as np
from ortools.graph.python import min_cost_flow

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.mip_model import Programme


def best_flow(programme: Programme, forced: int | None = None) -> Bools | None:
    """The best plan of the `slots` model, with `forced` in it; None if fixed pairs leave no capacity for that."""
    candidates, capacity = programme.candidates, programme.capacity
    kept = candidates.fixed > 0
    if forced is not None:
        kept[forced] = True
    needs, offers = len(capacity.partners), len(capacity.engagements)
    has = np.bincount(candidates.need[kept], minlength=needs)
    wanted = capacity.partners - has
    free = capacity.engagements - np.bincount(candidates.offer[kept], minlength=offers)
    if min(wanted.min(), free.min()) < 0:
        return None
    first = np.flatnonzero((has == 0) & (wanted > 0))
    more = wanted.copy()
    more[first] -= 1
    second = programme.columns.instance.parameters.second
    spread = min(needs, offers) * int(programme.worth.max(initial=0)) + second + 1
    open_rows = np.flatnonzero(~kept)
    source, sink = needs + offers, needs + offers + 1

    network = min_cost_flow.SimpleMinCostFlow()

    def arcs(tails: Ints, heads: Ints, capacities: Ints, values: Ints) -> Ints:
        return np.asarray(
            network.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, -values), dtype=np.int64
        )

    arcs(np.full_like(first, source), first, np.ones_like(first),
         (4 - programme.columns.needs.tier[first]) * spread)  # fmt: skip
    again = np.flatnonzero(more)
    arcs(np.full_like(again, source), again, more[again], np.full_like(again, second))
    pairs = arcs(
        candidates.need[open_rows],
        needs + candidates.offer[open_rows],
        np.ones_like(open_rows),
        programme.worth[open_rows],
    )
    every = np.arange(offers)
    arcs(needs + every, np.full_like(every, sink), free, np.zeros_like(every))
    total = int(wanted.sum())
    network.add_arc_with_capacity_and_unit_cost(source, sink, total, 0)
    network.set_node_supply(source, total)
    network.set_node_supply(sink, -total)
    status = network.solve()
    if status != network.OPTIMAL:
        raise ArithmeticError(f"The flow of {len(pairs)} candidates was not solved: {status}.")
    kept[open_rows] = np.asarray(network.flows(pairs)) > 0
    return kept
