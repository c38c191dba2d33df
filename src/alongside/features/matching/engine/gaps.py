"""Counts unmet need by theme, phase and term. Imported by pages, so it must not import NumPy or HiGHS."""

from collections import Counter

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Gap, Plan


def gaps_of(instance: Instance, plan: Plan) -> tuple[Gap, ...]:
    """Needs by theme, phase and each term that they name; '' means no term."""
    unserved = {one.need: one.candidates for one in plan.unserved}
    needs, without, short = (Counter[tuple[str, str, str]]() for _ in range(3))
    for need in instance.needs:
        for term in need.terms or ("",):
            cell = (need.theme, need.phase, term)
            needs[cell] += 1
            if need.id in unserved:
                (short if unserved[need.id] else without)[cell] += 1
    return tuple(
        Gap(theme=cell[0], phase=cell[1], term=cell[2], needs=needs[cell],
            without_supply=without[cell], short_of_days=short[cell])
        for cell in sorted(needs)
    )  # fmt: skip
