"""Which rows of a table are about a school, the authority or the country."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alongside.features.performance.published.tables import Layout

SCHOOL, AUTHORITY, NATIONAL = "school", "authority", "national"


@dataclass(frozen=True, slots=True)
class Area:
    """What a row is about: `level` is school, authority, national or empty for a row that is passed over.

    `phase` says of which schools; `state_funded` that they are the state-funded ones.
    """

    level: str
    phase: str = "all"
    state_funded: bool = False


PASSED_OVER = Area("")
RECORD_TYPES: Mapping[str, Area] = {
    "4": Area(AUTHORITY),
    "la": Area(AUTHORITY),
    "3": PASSED_OVER,
    "5": Area(NATIONAL),
    "nat": Area(NATIONAL),
    "7": Area(NATIONAL, state_funded=True),
}
"""RECTYPE of the performance tables, where it is not a school's: 4 authority, 5 all schools, 7 state-funded schools."""

LEVELS: Mapping[str, Area] = {
    "school": Area(SCHOOL),
    "local authority": Area(AUTHORITY),
    "national": Area(NATIONAL, state_funded=True),
}
PHASES = {"pri": "primary", "sec": "secondary", "spe": "special", "": "all"}


def area_of(layout: Layout, cell: Callable[[str], str]) -> Area:
    """Return what a row is about; `cell` returns the text of its cell below a heading."""
    if layout.area == "rectype":
        return RECORD_TYPES.get(cell("rectype").lower(), Area(SCHOOL))
    if layout.area == "level":
        return LEVELS.get(cell("geographic_level").lower(), PASSED_OVER)
    if layout.area == "estab":
        return _by_number(cell)
    return Area(SCHOOL)


def _by_number(cell: Callable[[str], str]) -> Area:
    """Return the area of a row of the census or of absence: NAT and a phase, or an authority without a URN."""
    phase = PHASES.get(cell("estab").lower())
    if "NAT" in (cell("la").upper(), cell("urn").upper()):
        return PASSED_OVER if phase is None else Area(NATIONAL, phase)
    if not cell("urn") and phase is not None and cell("la").isdecimal():
        return Area(AUTHORITY, phase)
    return Area(SCHOOL)
