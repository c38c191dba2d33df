"""The British National Grid and latitude and longitude, compared with the Ordnance Survey’s own points."""

import pytest

from alongside.features.schools.coordinates import to_degrees, to_grid

OF_THE_SURVEY = [
    ((91492.146, 11318.804), (49.922263937, -6.299777520)),
    ((651409.804, 313177.450), (52.658007833, 1.716073973)),
]
"""St Mary’s, Scilly, the farthest corner, and Caister. Source: Ordnance Survey, test points of OSTN15."""

SIX_METRES = 0.00008


@pytest.mark.parametrize(("grid", "degrees"), OF_THE_SURVEY)
def test_the_survey_s_own_points_are_met_within_six_metres(
    grid: tuple[float, float], degrees: tuple[float, float]
) -> None:
    (found,) = to_degrees([(round(grid[0]), round(grid[1]))])
    assert found == pytest.approx(degrees, abs=SIX_METRES)
    (back,) = to_grid([degrees])
    assert back == pytest.approx(grid, abs=6)


def test_there_and_back_is_the_same_metre() -> None:
    points = [(357068, 407192), (460300, 452100), (480000, 140000), (651000, 313000)]
    assert to_grid(to_degrees(points)) == points
    assert to_degrees([]) == []
