"""Conversion between the British National Grid and latitude and longitude."""

from collections.abc import Sequence
from typing import Protocol

Position = tuple[float, float]


class Transformation(Protocol):
    """A transformation between two systems of coordinates (pyproj has no types)."""

    def transform(self, xs: Sequence[float], ys: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
        """Return the transformed coordinates."""


def to_degrees(points: Sequence[tuple[int, int]]) -> list[Position]:
    """(easting, northing) in metres (EPSG:27700) as (latitude, longitude) in degrees of WGS 84, six decimals.

    Without the Ordnance Survey's correction grid the seven-parameter transformation is accurate to about
    5 metres (6 in Scilly): enough for distances between schools.
    Source: Ordnance Survey, “A guide to coordinate systems in Great Britain”, section 6.6; calculated by PROJ.
    """
    if not points:
        return []
    longitudes, latitudes = _between("EPSG:27700", "EPSG:4326").transform(*zip(*points, strict=True))
    return [(round(north, 6), round(east, 6)) for north, east in zip(latitudes, longitudes, strict=True)]


def to_grid(positions: Sequence[Position]) -> list[tuple[int, int]]:
    """(latitude, longitude) in degrees as (easting, northing) in metres; the reverse of `to_degrees`."""
    if not positions:
        return []
    latitudes, longitudes = zip(*positions, strict=True)
    eastings, northings = _between("EPSG:4326", "EPSG:27700").transform(longitudes, latitudes)
    return [(round(east), round(north)) for east, north in zip(eastings, northings, strict=True)]


def _between(source: str, target: str) -> Transformation:
    # Loading PROJ takes a fifth of a second, and only an import of the register needs it.
    from pyproj import Transformer

    transformer: Transformation = Transformer.from_crs(source, target, always_xy=True)
    return transformer
