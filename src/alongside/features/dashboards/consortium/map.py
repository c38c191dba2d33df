"""An SVG map of member schools from National Grid coordinates, without external map tiles."""

from collections.abc import Iterable
from dataclasses import dataclass

from alongside.features.dashboards.consortium.queries import TrackedSchool

WIDTH = 1000
MARGIN = 40
SCALE_HEIGHT = 40
"""Space for the scale bar below the southernmost school, in drawing units."""

WIDEST = 12 * 1609.344
"""Minimum extent of the map in metres, so that schools close together are not drawn far apart."""
METRES_PER_MILE = 1609.344


@dataclass(frozen=True, slots=True)
class Point:
    """One school on the map, in drawing units."""

    urn: int
    name: str
    phase: str
    x: float
    y: float
    open_needs: int


@dataclass(frozen=True, slots=True)
class MemberMap:
    """The map: its height for a width of 1,000, its points, and the length of five miles, in drawing units."""

    height: float
    points: tuple[Point, ...]
    five_miles: float
    unplaced: int

    def of(self, schools: Iterable[TrackedSchool]) -> list[Point]:
        """The points of these schools, in the order of the map."""
        urns = {one.urn for one in schools}
        return [point for point in self.points if point.urn in urns]

    @property
    def with_need(self) -> str:
        """The schools with an open need, as one SVG path of dots."""
        return _dots(point for point in self.points if point.open_needs)

    @property
    def without_need(self) -> str:
        """The schools without an open need, as one SVG path of dots."""
        return _dots(point for point in self.points if not point.open_needs)


def _dots(points: Iterable[Point]) -> str:
    return "".join(f"M{point.x:g} {point.y:g}h0" for point in points)


def member_map(schools: Iterable[TrackedSchool]) -> MemberMap | None:
    """The map of these schools, north at the top; None when fewer than two have coordinates."""
    rows = {school.urn: school for school in schools}.values()
    placed = [
        (school, school.easting, school.northing)
        for school in sorted(rows, key=lambda one: one.name)
        if school.easting is not None and school.northing is not None
    ]
    if len({(x, y) for _, x, y in placed}) < 2:
        return None
    west, east = min(x for _, x, _ in placed), max(x for _, x, _ in placed)
    south, north = min(y for *_, y in placed), max(y for *_, y in placed)
    metres = max(east - west, (north - south) * 1.4, WIDEST)
    scale = (WIDTH - 2 * MARGIN) / metres
    left = MARGIN + (WIDTH - 2 * MARGIN - (east - west) * scale) / 2
    points = tuple(
        Point(
            urn=school.urn,
            name=school.name,
            phase=school.phase,
            x=round(left + (x - west) * scale, 1),
            y=round(MARGIN + (north - y) * scale, 1),
            open_needs=school.open_needs,
        )
        for school, x, y in placed
    )
    height = round((north - south) * scale + 2 * MARGIN + SCALE_HEIGHT, 1)
    return MemberMap(height, points, round(5 * METRES_PER_MILE * scale, 1), len(rows) - len(placed))
