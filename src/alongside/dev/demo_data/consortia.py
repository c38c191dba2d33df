"""Assign schools to consortia by location: each joins the one whose name gives its direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean, pstdev
from uuid import UUID

from alongside.dev.demo_data.demonstration import Demonstration, DemonstrationSchool
from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import consortium_phases
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.actions import join_consortium
from alongside.features.consortia.queries import consortia_of

POINTS = {"north": (0.0, 1.0), "south": (0.0, -1.0), "west": (-1.0, 0.0), "east": (1.0, 0.0)}
SPREAD = 1.3
"""How many times its fair share of schools a consortium may have."""


@dataclass(frozen=True, slots=True)
class Direction:
    """A consortium; its key gives its direction."""

    id: UUID
    key: str
    phase: str


def locations_of(
    settings: AuthoritySettings, consortia: Sequence[Direction], schools: Sequence[DemonstrationSchool]
) -> list[tuple[int, Direction]]:
    """(urn, consortium) for every school and phase in which it may belong to one; the same each time."""
    found = []
    for phase in ("primary", "secondary"):
        joining = [
            school for school in schools if phase in consortium_phases(settings, school.phase, school.kind)
        ]
        candidates = [one for one in consortia if one.phase == phase]
        if joining and candidates:
            found += _nearest(joining, candidates)
    return found


def _nearest(
    schools: Sequence[DemonstrationSchool], consortia: Sequence[Direction]
) -> list[tuple[int, Direction]]:
    placed = {
        one.urn: (one.easting, one.northing)
        for one in schools
        if one.easting is not None and one.northing is not None
    }
    easts, norths = zip(*placed.values(), strict=True)
    middle, spread = (mean(easts), mean(norths)), (pstdev(easts) or 1, pstdev(norths) or 1)
    most = int(len(schools) / len(consortia) * SPREAD) + 1
    counts = {one.id: 0 for one in consortia}
    found = []
    for school in sorted(schools, key=lambda one: one.urn):
        east, north = placed.get(school.urn, middle)
        x, y = (east - middle[0]) / spread[0], (north - middle[1]) / spread[1]
        open_ones = [one for one in consortia if counts[one.id] < most]
        chosen = min(open_ones, key=lambda one: _distance(x, y, one.key))
        counts[chosen.id] += 1
        found.append((school.urn, chosen))
    return found


def _distance(x: float, y: float, key: str) -> float:
    points = [point for name, point in POINTS.items() if name in key] or [(0.0, 0.0)]
    if "central" in key:
        points = [(0.0, 0.0)]
    px, py = points[0]
    return (x - px) ** 2 + (y - py) ** 2


async def fill(demo: Demonstration) -> None:
    """Have each school join the consortium of its direction, some time ago."""
    staff = demo.staff
    found = await consortia_of(demo.session, staff.authority_id, staff.today)
    consortia = [Direction(one.id, one.key, one.phase) for one in found]
    staff.members = {one.id: set() for one in consortia}
    for urn, consortium in locations_of(settings_of(staff.authority_id), consortia, demo.schools):
        since = staff.today - timedelta(days=400)
        await join_consortium(demo.session, demo.product, urn, consortium.id, since)
        staff.members[consortium.id].add(urn)
