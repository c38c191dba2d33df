"""Makes the demonstration's register from open data: real places, sizes and phases under invented names.

`python -m alongside.dev.demo_data.register FOLDER [FILE]` reads the open data that README.md describes and writes the
same file each time. No name, URN, establishment number, postcode, trust or website in it is a real one.
"""

import csv
import hashlib
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alongside.dev.demo_data.register_edges import EDGES
from alongside.dev.demo_data.register_names import FIRST, SAINTS, SECOND, TRUSTS
from alongside.features.schools.columns import COLUMNS, LINKS_HEADING
from alongside.features.schools.coordinates import to_grid

AUTHORITIES = {"359": "Wigan", "816": "York"}
FIRST_URN = {"359": 900_001, "816": 900_501}
"""URNs of six digits that begin with 9 have never been given out; real ones have reached 15…."""

FIRST_NUMBER = 9001
"""Establishment numbers above 9000 are no school's."""

CENSUS = "16-01-2025"
HEADINGS = (
    "URN",
    "LA (code)",
    "LA (name)",
    *(column.heading for column in COLUMNS if column.heading not in ("URN", "LA (code)")),
)
Row = dict[str, str]
NAME_COLUMNS = (
    "SCHNAME",
    "OTHERSCHNAME",
    "school_name",
    "EstablishmentName",
    "name",
    "LinkName",
    "Group Name",
    "group_name",
)
COMMON = re.compile(
    r"\b(primary|junior|infants?|nursery|high|secondary|special|school|academy|college|community|catholic|church|"
    r"of|england|ce|cofe|c|e|rc|roman|voluntary|aided|controlled|and|the|free|methodist|first|st|saint|saints)\b"
)


@dataclass(frozen=True, slots=True)
class Location:
    """The data of a real school that is used: location, size, phase, type, ages and character."""

    key: str
    la: str
    phase: str
    type: str
    ages: tuple[str, str]
    religion: str
    pupils: str
    fsm: str
    position: tuple[float, float]
    district: str
    ward: str
    town: str
    group: str


def main(folder: Path, file: Path) -> None:
    """Read the open data and write the register."""
    places = list(read_locations(folder))
    file.write_bytes(make_register(places, real_names(folder)))


def read_rows(file: Path) -> list[Row]:
    """The rows of a CSV file of the open data."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def read_locations(folder: Path) -> Iterator[Location]:
    """The state-funded schools of both authorities, in an order that follows no list of real ones."""
    census = {row["URN"]: row for row in read_rows(folder / "performance" / "census_2024-25.csv")}
    older = {row["urn"]: row for row in read_rows(folder / "gias" / "establishments_2022-04.csv")}
    rows = [
        row
        for row in read_rows(folder / "joined" / "schools.csv")
        if row["LA"] in AUTHORITIES and row["SCHOOLTYPE"].startswith("State-funded")
    ]
    for row in sorted(rows, key=lambda row: (row["LA"], _hash(row["URN"]))):
        near = older.get(row["URN"]) or _nearest(row, rows, older)
        yield Location(
            key=row["URN"],
            la=row["LA"],
            phase=phase_of(row),
            type=type_of(row),
            ages=(row["statutory_low_age"], row["statutory_high_age"]),
            religion=row["religious_character"],
            pupils=row["NOR"] if row["NOR"].isdigit() else "",
            fsm=share_of(census.get(row["URN"], {}), row["NOR"]),
            position=(float(row["LAT"]), float(row["LON"])),
            district=row["POSTCODE"].partition(" ")[0] or near["postcode"].partition(" ")[0],
            ward=near["administrative_ward"],
            town=near["town"],
            group=row["Group UID"],
        )


def _hash(words: str) -> str:
    return hashlib.sha256(f"alongside {words}".encode()).hexdigest()


def _nearest(row: Row, rows: Iterable[Row], older: Mapping[str, Row]) -> Row:
    """The nearest school in the older file, for the ward and town of a newer school."""

    def distance(other: Row) -> float:
        return math.dist(
            (float(row["LAT"]), float(row["LON"]) * 0.6), (float(other["LAT"]), float(other["LON"]) * 0.6)
        )

    known = [other for other in rows if other["URN"] in older and other["LA"] == row["LA"]]
    return older[min(known, key=lambda other: (distance(other), other["URN"]))["URN"]]


def phase_of(row: Row) -> str:
    """GIAS's phase for a row of the performance tables."""
    kind = row["SCHOOLTYPE"].removeprefix("State-funded ")
    return {"primary": "Primary", "secondary": "Secondary", "nursery": "Nursery"}.get(kind, "Not applicable")


def type_of(row: Row) -> str:
    """GIAS's type, guessed from kind and name where the open data has none."""
    academy = "academy" in row["SCHNAME"].lower()
    guessed = {
        "nursery": "Local authority nursery school",
        "special school": "Academy special converter" if academy else "Community special school",
        "AP school": "Academy alternative provision converter" if academy else "Pupil referral unit",
    }
    kind = row["SCHOOLTYPE"].removeprefix("State-funded ")
    return row["establishment_type"] or guessed.get(kind, "Academy converter")


def share_of(census: Row, pupils: str) -> str:
    """The percentage of pupils eligible for free school meals, or nothing where it was not collected."""
    eligible = census.get("NUMFSM", "")
    if census.get("NUMFSMEVER") in (None, "", "NA") or not (eligible.isdigit() and pupils.isdigit()):
        return ""
    return f"{100 * int(eligible) / int(pupils):.1f}"


def group_of(school_type: str) -> str:
    """GIAS's group for a type of school."""
    words = school_type.lower()
    if "free school" in words:
        return "Free Schools"
    if "academy" in words:
        return "Academies"
    if "special" in words:
        return "Special schools"
    return "Colleges" if "sixth form" in words else "Local authority maintained schools"


def core_of(name: str) -> str:
    """The distinctive part of a school's name: “St Mary’s CofE Primary School” is “marys”."""
    plain = re.sub(r"[^a-z ]", "", COMMON.sub(" ", name.lower().replace("’", "'")))
    return "".join(plain.split())


def real_names(folder: Path) -> frozenset[str]:
    """The distinctive parts of all real names in the open data; no invented name may contain one."""
    found: set[str] = set()
    for file in sorted(folder.glob("*/*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                found.update(core_of(row[column] or "") for column in NAME_COLUMNS if column in row)
    return frozenset(found)


class _Names:
    """Generates invented names, each once, none of them real."""

    def __init__(self, taken: frozenset[str]) -> None:
        self.taken = set(taken)
        self.saints = self._free(f"St {saint}’s" for saint in SAINTS)
        self.places = self._free(
            f"{first}{second}"
            for _, first, second in sorted((_hash(a + b), a, b) for a in FIRST for b in SECOND)
        )
        self.given = 0

    def _free(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            core = core_of(name)
            # A real “St Teilo’s” would hold “teilos”; a real “Cloverdale Park” would hold “cloverdale”.
            if not any(core in other for other in self.taken if other):
                self.taken.add(core)
                yield name

    def next(self, place: Location) -> str:
        """A name as schools of this character and phase have it."""
        self.given += 1
        faith = place.religion
        catholic = "Roman Catholic" in faith
        for_a_saint = catholic or ("Church of England" in faith and self.given % 2)
        head = next(self.saints if for_a_saint else self.places)
        words = [head]
        if faith and faith not in ("Does not apply", "None"):
            words.append("Catholic" if catholic else faith.partition("/")[0])
        return " ".join([*words, tail_of(place)])


def tail_of(place: Location) -> str:
    """The end of a school's name by its phase, ages and type."""
    academy = "academy" in place.type.lower()
    if place.phase == "Nursery":
        return "Nursery School"
    if place.phase == "Secondary":
        return "Academy" if academy else "High School"
    if place.phase == "Not applicable":
        return "School" if "special" in place.type.lower() else "Centre"
    young, old = place.ages[1] == "7", place.ages[0] == "7"
    return f"{'Infant' if young else 'Junior' if old else 'Primary'} {'Academy' if academy else 'School'}"


def make_register(places: list[Location], taken: frozenset[str]) -> bytes:
    """The file as the DfE publishes its own: cp1252, CRLF, several links spilling over the last column."""
    names = _Names(taken)
    trust_names = [one for one in TRUSTS if not any(one.lower() in name for name in taken)]
    trusts = {
        group: f"{trust_names[number % len(trust_names)]} Learning Trust"
        for number, group in enumerate(sorted({place.group for place in places if place.group}, key=_hash))
    }
    grid = to_grid([place.position for place in places])
    rows: list[tuple[Row, list[str]]] = []
    next_urn, next_number = dict(FIRST_URN), dict.fromkeys(AUTHORITIES, FIRST_NUMBER)
    for place, (east, north) in zip(places, grid, strict=True):
        row = row_of(place, names.next(place), trusts.get(place.group, ""))
        # To the nearest 100 metres: exact enough for distances, without locating a real school.
        row |= {"Easting": str(round(east, -2)), "Northing": str(round(north, -2))}
        row |= {"URN": str(next_urn[place.la]), "EstablishmentNumber": str(next_number[place.la])}
        row["Postcode"] = f"{place.district} {int(row['URN']) % 9 + 1}OO"
        next_urn[place.la] += 1
        next_number[place.la] += 1
        rows.append((row, []))
    for edge, links in EDGES:
        la = edge["LA (code)"]
        row = {"LA (name)": AUTHORITIES[la], "Town": AUTHORITIES[la], **edge}
        if core_of(row["EstablishmentName"]) in taken:
            raise ValueError(f"{row['EstablishmentName']} is like a real name: invent another")
        row.setdefault("EstablishmentNumber", str(next_number[la]))
        next_number[la] += 1
        rows.append((row, list(links)))
    return written(rows)


def row_of(place: Location, name: str, trust: str) -> Row:
    """One school in GIAS's own columns."""
    seed = int(_hash(place.key)[:8], 16)
    academy = "academy" in place.type.lower()
    capacity = math.ceil(int(place.pupils) / 0.94 / 15) * 15 if place.pupils else ""
    return {
        "LA (code)": place.la,
        "LA (name)": AUTHORITIES[place.la],
        "EstablishmentName": name,
        "TypeOfEstablishment (name)": place.type,
        "EstablishmentTypeGroup (name)": group_of(place.type),
        "EstablishmentStatus (name)": "Open",
        "ReasonEstablishmentOpened (name)": "Academy Converter"
        if "converter" in place.type
        else "Not applicable",
        "OpenDate": f"01-09-{2011 + seed % 12}" if academy else "",
        "ReasonEstablishmentClosed (name)": "Not applicable",
        "PhaseOfEducation (name)": place.phase,
        "StatutoryLowAge": place.ages[0],
        "StatutoryHighAge": place.ages[1],
        "Gender (name)": "Mixed",
        "ReligiousCharacter (name)": place.religion or "Does not apply",
        "SchoolCapacity": str(capacity),
        "CensusDate": CENSUS if place.pupils else "",
        "NumberOfPupils": place.pupils,
        "PercentageFSM": place.fsm,
        "Trusts (name)": trust if academy else "",
        "Trusts (code)": str(90_000 + TRUSTS.index(trust.partition(" ")[0])) if academy and trust else "",
        "LastChangedDate": "01-09-2025",
        "Town": place.town,
        "DistrictAdministrative (name)": AUTHORITIES[place.la],
        "AdministrativeWard (name)": place.ward,
    }


def written(rows: Iterable[tuple[Row, list[str]]]) -> bytes:
    """Rows with their links as the bytes of the file, in the order of their URNs."""
    lines: list[str] = []

    class Lines:
        """Where the writer puts its lines."""

        def write(self, line: str) -> None:
            """Keep one line."""
            lines.append(line)

    writer = csv.writer(Lines(), lineterminator="\r\n")
    writer.writerow([*HEADINGS, LINKS_HEADING])
    for row, links in sorted(rows, key=lambda pair: int(pair[0]["URN"])):
        unknown = row.keys() - set(HEADINGS)
        if unknown:
            raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
        writer.writerow([row.get(heading, "") for heading in HEADINGS] + (links or ["Does not have links"]))
    return "".join(lines).encode("cp1252")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("register.csv"),
    )
