"""A wrapper around HiGHS that solves a programme once, or repeatedly with small changes."""

from dataclasses import dataclass
from time import monotonic
from typing import Literal

import highspy
import numpy as np

from alongside.features.matching.engine.arrays import Bools, Floats, Ints
from alongside.features.matching.engine.mip_model import Programme, Rows
from alongside.features.matching.engine.objective import values_of

WHOLE = 0.5
"""The objective is a whole number, so a bound less than one above a solution proves it."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A solver result: a value for each column, None if nothing was found; no solution is above `bound`."""

    values: Floats | None
    bound: float
    status: Literal["optimal", "gap", "impossible"]


class Solver:
    """A programme loaded into HiGHS. `integer` False solves its relaxation, which gives bounds and prices."""

    def __init__(self, programme: Programme, *, integer: bool = True) -> None:
        self._programme, self._integer = programme, integer
        self._highs = highspy.Highs()
        self._set("output_flag", value=False)
        self._set("threads", 1)
        self._set("random_seed", programme.columns.instance.parameters.seed)
        self._set("mip_rel_gap", 0.0)
        self._set("mip_abs_gap", WHOLE)
        self._highs.passModel(_model(programme, integer=integer))

    def at_least(self, columns: Ints, served: int) -> None:
        """Require a sum of these columns of at least this much."""
        count = len(columns)
        self._highs.addRow(served, highspy.kHighsInf, count, columns.astype(np.int32), np.ones(count))

    def bounds(self, lower: Floats, upper: Floats) -> None:
        """Set the bounds of every column."""
        count = len(lower)
        self._highs.changeColsBounds(count, np.arange(count, dtype=np.int32), lower, upper)

    def start_from(self, chosen: Bools) -> None:
        """Set a feasible plan as the starting solution."""
        values = values_of(self._programme, chosen).astype(np.float64)
        self._highs.setSolution(len(values), np.arange(len(values), dtype=np.int32), values)

    def solve(self, seconds: float) -> Solved:
        """Solve for at most this many seconds."""
        if not self._programme.objective.size:
            return Solved(np.zeros(0), 0.0, "optimal")
        until = monotonic() + seconds
        solved = self._once(seconds)
        if self._integer and solved.values is not None and not self._is_its_own(solved.values):
            self._highs.clearSolver()
            solved = self._once(until - monotonic())
        return solved

    def _once(self, seconds: float) -> Solved:
        self._set("time_limit", self._highs.getRunTime() + max(seconds, 0.01))
        self._highs.run()
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Solved(None, -np.inf, "impossible")
        best = info.mip_dual_bound if self._integer else info.objective_function_value
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solved(None, best if self._integer else np.inf, "gap")
        values = np.array(self._highs.getSolution().col_value)
        done = status == highspy.HighsModelStatus.kOptimal
        return Solved(values, best if done or self._integer else np.inf, "optimal" if done else "gap")

    def _is_its_own(self, values: Floats) -> bool:
        """Check whether these values have the objective that HiGHS reports.

        When presolve improves the starting solution and nothing better is found, HiGHS 1.16 returns the
        original solution with the objective of the improved one.
        """
        return bool(
            abs(self._programme.objective @ values - self._highs.getInfo().objective_function_value) < WHOLE
        )

    def prices(self) -> Floats:
        """The marginal value of one more unit of each row, after solving a relaxation."""
        return np.array(self._highs.getSolution().row_dual)

    def _set(self, option: str, value: bool | float | str) -> None:
        self._highs.setOptionValue(option, value)


def _model(programme: Programme, *, integer: bool) -> highspy.HighsLp:
    rows: Rows = programme.rows
    order = np.lexsort((rows.row, rows.column))
    count = len(programme.objective)
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows.column, minlength=count))))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(rows.lower)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = programme.objective.astype(np.float64)
    lp.col_lower_, lp.col_upper_ = programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = rows.lower, rows.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = rows.row[order].astype(np.int32)
    lp.a_matrix_.value_ = rows.value[order].astype(np.float64)
    if integer:
        kind = highspy.HighsVarType
        lp.integrality_ = [kind.kInteger] * programme.pairs + [kind.kContinuous] * (count - programme.pairs)
    return lp
