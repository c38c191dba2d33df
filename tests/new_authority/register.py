"""An invented register in the DfE's own format, with the shape of a large county."""

from itertools import product
from math import ceil

from alongside.dev.demo_data.register import Row, written
from alongside.dev.demo_data.register_names import FIRST, SECOND

WEST, SOUTH, WIDTH, HEIGHT = 400_000, 210_000, 100_000, 50_000
"""Metres of the National Grid: 100 km from west to east, 50 km from south to north."""

KINDS = ("Primary",) * 20 + ("Secondary",) * 4 + ("Nursery", "Not applicable")
"""Phases in their proportions in a county: of 26 schools 20 primaries, 4 secondaries, a nursery, a special school."""

TAILS = {
    "Primary": "Primary School",
    "Secondary": "High School",
    "Nursery": "Nursery School",
    "Not applicable": "Special School",
}
AGES = {
    "Primary": ("4", "11"),
    "Secondary": ("11", "18"),
    "Nursery": ("2", "5"),
    "Not applicable": ("4", "19"),
}


def invented_register(la_code: int, name: str, schools: int) -> bytes:
    """A register of so many schools, in cp1252 as published; the same each time."""
    heads = [f"{first}{second}" for second, first in product(SECOND, FIRST)]
    if len(heads) < schools:
        raise ValueError(f"there are only {len(heads)} invented names")
    return written((_school(la_code, name, number, heads[number]), []) for number in range(schools))


def locations_of(schools: int, consortia: int) -> str:
    """Which school belongs to which consortium: primaries by their position from west to east, secondaries together."""
    lines = ["urn,consortium"]
    for number in range(schools):
        phase, east = KINDS[number % len(KINDS)], _position(number)[0] - WEST
        if phase == "Primary":
            lines.append(f"{_urn(number)},primary{1 + min(consortia - 1, east * consortia // WIDTH)}")
        elif phase == "Secondary":
            lines.append(f"{_urn(number)},secondary")
    return "\n".join(lines) + "\n"


def primary(which: int) -> int:
    """The URN of a primary school, by its place among all schools."""
    return _urn(
        next(number for number in range(which, which + 26) if KINDS[number % len(KINDS)] == "Primary")
    )


def _urn(number: int) -> int:
    return 980_001 + number


def _position(number: int) -> tuple[int, int]:
    return WEST + number * 7_919 % (WIDTH + 1), SOUTH + number * 104_729 % (HEIGHT + 1)


def _school(la_code: int, authority: str, number: int, head: str) -> Row:
    phase, academy = KINDS[number % len(KINDS)], number % 3 == 0
    kind = "Academy converter" if academy else "Community school"
    if phase == "Not applicable":
        kind = "Academy special converter" if academy else "Community special school"
    elif phase == "Nursery":
        kind, academy = "Local authority nursery school", False
    group = (
        "Academies"
        if academy
        else "Special schools"
        if "special" in kind
        else "Local authority maintained schools"
    )
    east, north = _position(number)
    pupils = (60 if phase in ("Nursery", "Not applicable") else 180) + number * 37 % (
        1_200 if phase == "Secondary" else 400
    )
    return {
        "URN": str(_urn(number)),
        "LA (code)": str(la_code),
        "LA (name)": authority,
        "EstablishmentNumber": str(2_001 + number),
        "EstablishmentName": f"{head} {TAILS[phase]}",
        "TypeOfEstablishment (name)": kind,
        "EstablishmentTypeGroup (name)": group,
        "EstablishmentStatus (name)": "Open",
        "ReasonEstablishmentOpened (name)": "Academy Converter" if academy else "Not applicable",
        "OpenDate": f"01-09-{2011 + number % 12}" if academy else "",
        "ReasonEstablishmentClosed (name)": "Not applicable",
        "PhaseOfEducation (name)": phase,
        "StatutoryLowAge": AGES[phase][0],
        "StatutoryHighAge": AGES[phase][1],
        "Gender (name)": "Mixed",
        "ReligiousCharacter (name)": "Does not apply",
        "SchoolCapacity": str(ceil(pupils / 15) * 15),
        "CensusDate": "16-01-2025",
        "NumberOfPupils": str(pupils),
        "PercentageFSM": f"{number * 13 % 600 / 10:.1f}",
        "LastChangedDate": "01-09-2025",
        "Town": "Tannerton",
        "Postcode": f"ZE{1 + number % 9} {number % 9 + 1}OO",
        "Easting": str(east),
        "Northing": str(north),
    }
