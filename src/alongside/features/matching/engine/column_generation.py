"""The programme of the `days` model in bundles, solved by column generation.

    max   sum of the values of the chosen bundles, and of u and v as in `mip_model`
    s.t.  each need: bundles with it = u + v (or at most one);  each offer: at most one bundle
          each pool: money at most its budget;  each tier: at least as many first partners as required

Few of the bundles matter. The relaxation starts with some and adds those with a positive reduced cost until
there is none. A bundle whose reduced cost is further below 0 than the bound is above the best plan is in no
better plan, so that the integer programme needs only the others to prove a plan.
"""

from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np

from alongside.features.matching.engine.arrays import Bools, Floats, Ints
from alongside.features.matching.engine.bundles import bundles_of
from alongside.features.matching.engine.mip_model import INFINITE, MONEY, PARTNERS, Programme
from alongside.features.matching.engine.objective import TIERS, firsts, values_of

ALMOST, HALF = 1e-6, 0.5
OPTIONS = {
    "output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": HALF,
    "mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False, "mip_heuristic_run_root_reduced_cost": False,
}  # fmt: skip
"""All objectives are whole numbers, so a bound less than one above a plan proves it.

The relaxation is so close that heuristics which solve smaller programmes take longer than they save.
"""
PRIMAL_SIMPLEX = 4
ADDED_FOR_OFFER = 4
"""Bundles that an offer adds at a time; fewer need more steps, more a larger programme (1, 3, 8 were measured)."""
DISTANCES = (8.0, 32.0, 100.0, 256.0, 1_024.0)
"""Points below 0 that the reduced cost of a bundle may be in the first, second, … integer programme."""
FEW = 20_000
"""The most bundles in an integer programme."""
FEW_TO_PROVE, CLOSE = 2_000, 5e-5
"""With more bundles than this, a plan so close to the bound (a fraction) is not improved or proven any further."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxation's value, an upper bound of every plan, and the reduced cost of every bundle."""

    value: float
    bound: float
    reduced: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """The best plan found (None without one) and an upper bound of every plan."""

    chosen: Bools | None
    bound: float


class Master:
    """The programme in bundles, and a solver that keeps its state from one objective to the next."""

    def __init__(self, programme: Programme, start: Bools) -> None:
        self._programme = programme
        self._bundles = bundles_of(programme)
        bundles, fixed = self._bundles, programme.candidates.fixed > 0
        self._kept = bundles.by_rows[bundles.offer] & fixed[bundles.members[:, 0]]
        self._describe_rows()
        self._objective = programme.objective
        self._highs = self._new()
        self._highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self._columns = np.zeros(0, dtype=np.int64)
        self._inside = np.zeros(len(self._bundles.offer), dtype=np.bool_)
        single = (self._bundles.members < programme.pairs).sum(axis=1) == 1
        single[self._bundles.taken(start)] = True
        self._insert(np.flatnonzero(single))

    def require(self, tier: int, least: float, most: float) -> None:
        """Require this many needs of the tier to be served; `most` is known to bound every plan."""
        row = self._first_tier + tier - 1
        self._lower[row], self._upper[row] = least, most
        self._highs.changeRowBounds(row, least, most)

    def relax(self, objective: Ints, until: float) -> Relaxed:
        """Solve the relaxation for this objective, a coefficient for each column of the programme."""
        self._objective = objective
        values = np.concatenate((objective[self._programme.pairs :], self._values()[self._columns]))
        every = np.arange(len(values), dtype=np.int32)
        self._highs.changeColsCost(len(values), every, values.astype(np.float64))
        bound = np.inf
        while _run(self._highs, until) == highspy.HighsModelStatus.kOptimal:
            value, reduced = self._highs.getInfo().objective_function_value, self._reduced()
            best = np.zeros(len(self._bundles.by_rows))
            np.maximum.at(best, self._bundles.offer, np.where(self._inside, 0.0, reduced))
            bound = min(bound, value + float(best.sum()))
            wanted = np.flatnonzero(~self._inside & (reduced > ALMOST))
            if not len(wanted):
                return Relaxed(value, bound, reduced)
            wanted = wanted[np.lexsort((-reduced[wanted], self._bundles.offer[wanted]))]
            offer = self._bundles.offer[wanted]
            self._insert(wanted[np.arange(len(wanted)) - np.searchsorted(offer, offer) < ADDED_FOR_OFFER])
        return Relaxed(-np.inf, bound, np.zeros(len(self._bundles.offer)))

    def weights(self) -> Floats:
        """How much of each candidate the last relaxation chooses, 0 to 1."""
        pairs = self._programme.pairs
        solved = np.array(self._highs.getSolution().col_value)[len(self._objective) - pairs :]
        values = np.zeros(len(self._columns))
        values[: len(solved)] = solved
        members = self._bundles.members[self._columns]
        found: Floats = np.zeros(pairs + 1)
        np.add.at(found, members, values[:, None])
        return found[:-1]

    def solve(self, relaxed: Relaxed, until: float, distances: tuple[float, ...] = DISTANCES) -> Found:
        """The best plan for the objective of this relaxation, from bundles further and further from it."""
        best: Bools | None = None
        found, bound, needed, tried = Found(None, np.inf), relaxed.bound, np.inf, -1
        for farthest in (*distances, np.inf):
            distance = min(farthest, needed)
            which = np.flatnonzero(relaxed.reduced >= -distance - ALMOST)
            is_close = len(which) > FEW_TO_PROVE and needed <= CLOSE * relaxed.bound
            if monotonic() >= until or len(which) > FEW or is_close:
                break
            if len(which) > tried:
                found, tried = self._integer(which, until), len(which)
            if found.chosen is None:
                continue
            best, bound = found.chosen, found.bound
            needed = relaxed.bound - int(self._objective @ values_of(self._programme, best)) - 1
            if needed <= distance:
                break
            bound = max(bound, relaxed.bound - distance)
        return Found(best, min(relaxed.bound, bound))

    def _integer(self, which: Ints, until: float) -> Found:
        """Solve the integer programme of these bundles."""
        highs = self._new()
        columns = highs.getNumCol()
        self._load(highs, which)
        kinds = np.full(len(which), highspy.HighsVarType.kInteger)
        highs.changeColsIntegrality(len(which), columns + np.arange(len(which), dtype=np.int32), kinds)
        _run(highs, until)
        info = highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Found(None, info.mip_dual_bound)
        taken = which[np.array(highs.getSolution().col_value)[columns:] > HALF]
        chosen = np.zeros(self._programme.pairs + 1, dtype=np.bool_)
        chosen[self._bundles.members[taken]] = True
        return Found(chosen[:-1], info.mip_dual_bound)

    def _values(self) -> Ints:
        """The value of each bundle for the current objective."""
        of_pairs = np.append(self._objective[: self._programme.pairs], 0)
        found: Ints = of_pairs[self._bundles.members].sum(axis=1)
        return found

    def _reduced(self) -> Floats:
        """The reduced cost of each bundle, from the prices of the last relaxation; 0 if it must be chosen."""
        pairs = self._programme.pairs
        prices = np.array(self._highs.getSolution().row_dual)
        paid = np.bincount(self._column, self._value * prices[self._row], minlength=len(self._objective))
        left = np.append(self._objective[:pairs] - paid[:pairs], 0.0)
        found: Floats = left[self._bundles.members].sum(axis=1)
        found -= prices[self._first_offer + self._bundles.offer]
        found[self._kept] = 0.0
        return found

    def _describe_rows(self) -> None:
        """The rows: those of `mip_model` without those that bundles make redundant, the tiers, the offers."""
        programme, by_rows = self._programme, self._bundles.by_rows
        rows, fixed = programme.rows, programme.candidates.fixed > 0
        kept = (rows.limit == PARTNERS) | (rows.limit == MONEY)
        kept[~kept] = by_rows[rows.which[~kept]]
        entry = kept[rows.row]
        tiers = [firsts(programme, tier) for tier in TIERS]
        self._first_tier = int(kept.sum())
        self._first_offer = self._first_tier + len(TIERS)
        row = [(np.cumsum(kept) - 1)[rows.row[entry]]]
        row += [np.full(len(first), self._first_tier + at) for at, first in enumerate(tiers)]
        column = np.concatenate((rows.column[entry], *tiers))
        value = np.concatenate((rows.value[entry], *(np.ones_like(first) for first in tiers)))
        order = np.argsort(column, kind="stable")
        self._row, self._column, self._value = np.concatenate(row)[order], column[order], value[order]
        self._begin = np.searchsorted(self._column, np.arange(len(programme.objective) + 1))
        keeps = np.bincount(programme.candidates.offer[fixed], minlength=len(by_rows)) > 0
        free = np.full(len(TIERS), INFINITE)
        self._lower = np.concatenate((rows.lower[kept], -free, np.where(keeps & ~by_rows, 1.0, -INFINITE)))
        self._upper = np.concatenate((rows.upper[kept], free, np.where(by_rows, INFINITE, 1.0)))

    def _new(self) -> highspy.Highs:
        """A solver with all rows, and the columns u and v."""
        programme = self._programme
        highs = highspy.Highs()
        for option, setting in OPTIONS.items():
            highs.setOptionValue(option, setting)
        highs.setOptionValue("random_seed", programme.columns.instance.parameters.seed)
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        none = np.zeros(0, dtype=np.int32)
        highs.addRows(len(self._lower), self._lower, self._upper, 0, none, none, np.zeros(0))
        of_needs = slice(programme.pairs, len(programme.objective))
        columns = np.arange(programme.pairs, len(programme.objective))
        entries = self._entries(columns, columns - programme.pairs)
        _add_columns(
            highs, entries, self._objective[of_needs], programme.lower[of_needs], programme.upper[of_needs]
        )
        return highs

    def _insert(self, which: Ints) -> None:
        """Add bundles to the relaxation."""
        self._load(self._highs, which)
        self._columns = np.concatenate((self._columns, which))
        self._inside[which] = True

    def _load(self, highs: highspy.Highs, which: Ints) -> None:
        """Add the columns of these bundles to a solver."""
        bundles, pairs = self._bundles, self._programme.pairs
        members, offer = bundles.members[which], bundles.offer[which]
        owner, place = np.nonzero(members < pairs)
        owner, row, value = self._entries(members[owner, place], owner)
        owner = np.concatenate((owner, np.arange(len(which))))
        row = np.concatenate((row, self._first_offer + offer))
        value = np.concatenate((value, np.ones_like(which)))
        lower, upper = self._kept[which].astype(np.float64), np.where(bundles.by_rows[offer], 1.0, INFINITE)
        _add_columns(highs, (owner, row, value), self._values()[which], lower, upper)

    def _entries(self, columns: Ints, owner: Ints) -> tuple[Ints, Ints, Ints]:
        """The entries of these columns of the programme: whose they are, their rows and values."""
        count = self._begin[columns + 1] - self._begin[columns]
        at = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        at += np.repeat(self._begin[columns], count)
        return np.repeat(owner, count), self._row[at], self._value[at]


def _add_columns(
    highs: highspy.Highs, entries: tuple[Ints, Ints, Ints], costs: Ints, lower: Floats, upper: Floats
) -> None:
    """Add columns; entries of one column in the same row are added up."""
    owner, row, value = entries
    order = np.lexsort((row, owner))
    owner, row, value = owner[order], row[order], value[order]
    new = np.flatnonzero((np.diff(owner, prepend=-1) != 0) | (np.diff(row, prepend=-1) != 0))
    sums = np.add.reduceat(value, new).astype(np.float64) if len(new) else np.zeros(0)
    begin = np.searchsorted(owner[new], np.arange(len(costs)))
    highs.addCols(
        len(costs), costs.astype(np.float64), lower, upper,
        len(new), begin.astype(np.int32), row[new].astype(np.int32), sums,
    )  # fmt: skip


def _run(highs: highspy.Highs, until: float) -> highspy.HighsModelStatus:
    highs.setOptionValue("time_limit", highs.getRunTime() + max(until - monotonic(), 0.001))
    highs.run()
    return highs.getModelStatus()
