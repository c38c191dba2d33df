"""Similar schools, against an independent calculation with numpy."""

from decimal import Decimal

import numpy as np
import pytest

from alongside.features.profiles.similar_schools import similar_schools

MEASURES = ("pupils", "free_meals", "send", "english_additional")
WEIGHTS = {
    "pupils": Decimal(1),
    "free_meals": Decimal(3),
    "send": Decimal("1.5"),
    "english_additional": Decimal(1),
}


def _schools(count: int, missing: float) -> tuple[dict[int, dict[str, Decimal | None]], np.ndarray]:
    chance = np.random.default_rng(1014)
    table = np.round(chance.normal([250, 25, 14, 12], [120, 12, 5, 10], (count, 4)), 1)
    table[chance.random((count, 4)) < missing] = np.nan
    schools = {
        100_000 + place: {
            name: None if np.isnan(value) else Decimal(str(value))
            for name, value in zip(MEASURES, row, strict=True)
        }
        for place, row in enumerate(table)
    }
    return schools, table


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_neighbours_equal_those_of_numpy(missing: float) -> None:
    """The nearest ten of each school, in order, and their distances are those of plain numpy."""
    schools, table = _schools(130, missing)
    found = similar_schools(schools, WEIGHTS, 10)
    weights = np.array([float(WEIGHTS[name]) for name in MEASURES])
    standard = (
        np.where(np.isnan(table), np.nanmedian(table, axis=0), table) - np.nanmean(table, axis=0)
    ) / np.nanstd(table, axis=0)
    for place in range(len(table)):
        squared = ((standard - standard[place]) ** 2 * weights / weights.sum()).sum(axis=1)
        squared[place] = np.inf
        nearest = np.argsort(squared, kind="stable")[:10]
        own = found[100_000 + place].nearest
        assert [one.urn for one in own] == [100_000 + int(one) for one in nearest]
        assert [float(one.distance) for one in own] == pytest.approx(np.sqrt(squared[nearest]), abs=2e-6)


def test_parts_of_a_distance_add_up() -> None:
    """The shares of the measures add up to the squared distance, so that a reader can see why a school is similar."""
    schools, _ = _schools(40, 0.1)
    for neighbourhood in similar_schools(schools, WEIGHTS, 5).values():
        for one in neighbourhood.nearest:
            assert float(sum(one.parts.values())) == pytest.approx(float(one.distance) ** 2, abs=1e-5)


def test_a_school_with_half_its_context_missing_has_neighbours() -> None:
    """Its missing measures are the phase's median, and the result names them."""
    schools, _ = _schools(60, 0.0)
    schools[100_007] = {**schools[100_007], "free_meals": None, "send": None}
    found = similar_schools(schools, WEIGHTS, 10)
    assert len(found[100_007].nearest) == 10
    assert found[100_007].imputed == ("free_meals", "send")
    named = [one.imputed for other in found.values() for one in other.nearest if one.urn == 100_007]
    assert all(one == ("free_meals", "send") for one in named)


def test_missing_is_not_zero() -> None:
    """A school without a figure is not the neighbour of schools whose figure is 0."""
    schools: dict[int, dict[str, Decimal | None]] = {
        one: {"free_meals": Decimal(0 if one < 5 else 30)} for one in range(1, 20)
    }
    schools[50] = {"free_meals": None}
    nearest = similar_schools(schools, {"free_meals": Decimal(1)}, 5)[50].nearest
    assert all(one.urn >= 5 for one in nearest)


def test_a_measure_that_nobody_has_is_left_out() -> None:
    """It neither fails nor makes schools similar; without any measure there are no neighbours."""
    schools: dict[int, dict[str, Decimal | None]] = {
        one: {"pupils": Decimal(one * 10), "send": None} for one in range(1, 6)
    }
    found = similar_schools(schools, {"pupils": Decimal(1), "send": Decimal(1)}, 2)
    assert [one.urn for one in found[3].nearest] == [2, 4]
    assert similar_schools(schools, {"send": Decimal(1)}, 2)[3].nearest == ()
