"""Decomposition keeps every rule, serves no fewer needs, and never makes a plan worse."""

import pytest

from alongside.features.matching.engine import greedy, lexicographic
from alongside.features.matching.engine.decomposition import in_parts
from alongside.features.matching.engine.lexicographic import TIERS, Answer, firsts, served_by
from alongside.features.matching.engine.planning import Prepared, plan, written
from alongside.features.matching.engine.solver import total
from tests.features.matching.engine.lawful import faults
from tests.features.matching.engine.made import authority


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parts_make_a_plan_better_and_break_nothing(seed: int) -> None:
    prepared = Prepared(authority(134, seed))
    programme = prepared.programme
    start = greedy.first_come(programme)
    least = [(firsts(programme, tier), served_by(programme, start, tier)) for tier in TIERS]
    better = in_parts(programme, start, 1.0, least=least)
    assert total(programme, better) > total(programme, start), "first come is far from the best"
    assert all(
        served_by(programme, better, tier) >= served for tier, (_, served) in zip(TIERS, least, strict=True)
    )
    assert faults(prepared.columns.instance, written(prepared, Answer(better), "gap", 1.0)) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_plan_made_in_parts_and_as_a_whole_is_as_good(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size threshold only affects time: both ways end with the proven optimum."""
    instance = authority(100, seed)
    whole = plan(instance)
    monkeypatch.setattr(lexicographic, "LARGE", 0)
    parts = plan(instance)
    assert parts.objective == whole.objective
    assert parts.coverage == whole.coverage
    assert faults(instance, parts) == []
