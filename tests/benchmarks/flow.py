"""An independent exact solver for the `slots` model: min-cost flow by OR-Tools.

The arcs are source → need (once with the bonus of its tier, once as a second partner) → offer → sink. Each
tier's bonus is raised above the sum of all lower ones, so that tiers come strictly first.
"""

import numpy as np
from ortools.graph.python import min_cost_flow

from alongside.features.matching.engine.planning import Prepared

ABOVE = (0, 5_000_000_000_000, 30_000_000_000, 100_000_000)
"""Added to a first partner of tier 1, 2 and 3."""


def best_by_flow(prepared: Prepared) -> int:
    """The best objective of a `slots` instance without fixed pairs."""
    columns, candidates, programme = prepared.columns, prepared.candidates, prepared.programme
    needs, offers = len(columns.needs.school), len(columns.offers.school)
    source, sink = needs + offers, needs + offers + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    tiers = columns.needs.tier
    bonus = programme.bonus + np.array(ABOVE, dtype=np.int64)[tiers]
    second = columns.instance.parameters.second
    every = np.arange(needs)
    double = every[programme.room.partners > 1]
    firsts = flow.add_arcs_with_capacity_and_unit_cost(
        np.full(needs, source), every, np.ones(needs, dtype=np.int64), -bonus
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(len(double), source),
        double,
        np.ones(len(double), dtype=np.int64),
        np.full(len(double), -second),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        candidates.need,
        needs + candidates.offer,
        np.ones(len(candidates.need), dtype=np.int64),
        -programme.worth,
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        needs + np.arange(offers),
        np.full(offers, sink),
        programme.room.places,
        np.zeros(offers, dtype=np.int64),
    )
    most = int(programme.room.partners.sum())
    flow.add_arc_with_capacity_and_unit_cost(source, sink, most, 0)
    flow.set_node_supply(source, most)
    flow.set_node_supply(sink, -most)
    assert flow.solve() == flow.OPTIMAL
    raised = flow.flows(firsts) @ np.array(ABOVE, dtype=np.int64)[tiers]
    return int(-flow.optimal_cost() - raised)
