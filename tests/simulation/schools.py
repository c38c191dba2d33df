"""Invented authorities with a school register, and its monthly changes."""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

HEADINGS = (
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (name)",
    "EstablishmentTypeGroup (name)", "EstablishmentStatus (name)", "ReasonEstablishmentOpened (name)", "OpenDate",
    "ReasonEstablishmentClosed (name)", "CloseDate", "PhaseOfEducation (name)", "StatutoryLowAge", "StatutoryHighAge",
    "Gender (name)", "ReligiousCharacter (name)", "SchoolCapacity", "CensusDate", "NumberOfPupils", "PercentageFSM",
    "Trusts (code)", "Trusts (name)", "LastChangedDate", "Town", "Postcode", "DistrictAdministrative (name)",
    "AdministrativeWard (name)", "Easting", "Northing", "Linked establishments",
)  # fmt: skip
FIRST = [
    "Alder",
    "Bram",
    "Cold",
    "Dun",
    "Elm",
    "Fen",
    "Gars",
    "Hazel",
    "Ings",
    "Juniper",
    "Kel",
    "Lark",
    "Mere",
    "North",
    "Oak",
    "Pen",
    "Quarn",
    "Rush",
    "Stan",
    "Thorn",
    "Ulver",
    "Wes",
    "Yar",
]
ENDINGS = (
    [
        "bank",
        "brook",
        "burn",
        "by",
        "combe",
        "croft",
        "dale",
        "den",
        "edge",
        "field",
        "ford",
        "gate",
        "ham",
        "hurst",
        "ley",
        "mere",
        "moor",
        "ridge",
        "side",
        "stead",
        "ton",
    ],
    ["thwaite", "holme", "garth", "toft", "wold"],
    ["minster", "chester"],
)
"""Endings of place names. Each belongs to one authority, so that a school's name identifies its authority."""

NAMES = tuple(
    re.compile(
        rf"\b(?!Alongside\b)[A-Z][a-z]+(?:{'|'.join(some)})(?: \d+)? (?:Primary|High|Nursery|School|and)\b"
    )
    for some in ENDINGS
)
"""Patterns that find the name of a school of each authority in a text."""

FUND_PENCE = 20_000_000
"""The intervention fund of an authority per financial year."""

MIX = (
    *[("Primary", "Community school", "Local authority maintained schools", 4, 11, 260)] * 48,
    *[("Primary", "Academy converter", "Academies", 4, 11, 310)] * 22,
    *[("Primary", "Voluntary aided school", "Local authority maintained schools", 4, 11, 210)] * 10,
    *[("Secondary", "Academy converter", "Academies", 11, 18, 1050)] * 10,
    *[("Secondary", "Community school", "Local authority maintained schools", 11, 16, 900)] * 4,
    *[("Nursery", "Local authority nursery school", "Local authority maintained schools", 2, 5, 80)] * 3,
    *[("Not applicable", "Community special school", "Special schools", 4, 19, 130)] * 3,
)  # fmt: skip


@dataclass
class School:
    """One school of the invented register; `heirs` are its successors."""

    urn: int
    number: int
    name: str
    phase: str
    type: str
    group: str
    ages: tuple[int, int]
    pupils: int
    easting: int
    northing: int
    trust: tuple[int, str] | None = None
    status: str = "Open"
    opened: tuple[str, date | None] = ("Not applicable", None)
    closed: tuple[str, date | None] = ("Not applicable", None)
    before: list[int] = field(default_factory=list)
    heirs: list[int] = field(default_factory=list)
    link: str = ""

    @property
    def open(self) -> bool:
        """Whether the school is open."""
        return self.status.startswith("Open")


@dataclass(frozen=True, slots=True)
class Happened:
    """A change of one school in a register release, and its successor."""

    kind: str
    urn: int
    heir: int | None = None


@dataclass
class SimulatedSchool:
    """An invented authority: its settings, its schools and its consortia. `width` is in metres."""

    slug: str
    name: str
    code: int
    width: int
    schools: dict[int, School]
    consortia: dict[str, tuple[str, str, int, int]]
    random: Random
    next_urn: int
    next_number: int
    number: int = 0
    fund_years: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host name of the authority."""
        return f"{self.slug}.localhost"

    @property
    def open_schools(self) -> list[School]:
        """The open schools."""
        return [one for one in self.schools.values() if one.open]

    def consortium_of(self, school: School) -> str | None:
        """The nearest consortium of the school's phase; None for nurseries and special schools."""
        near = [
            (math.dist((school.easting, school.northing), (x, y)), key)
            for key, (_, phase, x, y) in self.consortia.items()
            if phase == school.phase.lower()
        ]
        return min(near)[1] if near else None


def make_school(
    slug: str, name: str, code: int, count: int, width: int, random: Random, number: int
) -> SimulatedSchool:
    """Create the `number`th authority, with `count` schools over `width` metres."""
    centre = (350_000 + code * 97 % 90_000, 300_000 + code * 61 % 90_000)
    towns = [(random.uniform(-0.45, 0.45), random.uniform(-0.3, 0.3)) for _ in range(max(3, count // 25))]
    place = SimulatedSchool(slug, name, code, width, {}, {}, random, code * 1000 + 1, 2001, number)
    names = _names(random, ENDINGS[number])
    for place_in_list in range(count):
        phase, type_, group, low, high, size = (
            MIX[place_in_list % len(MIX)] if count >= len(MIX) else random.choice(MIX)
        )
        town = random.choice(towns)
        at = [
            int(middle + (here + random.gauss(0, 0.03)) * width)
            for middle, here in zip(centre, town, strict=True)
        ]
        kind = {"Primary": "Primary School", "Secondary": "High School", "Nursery": "Nursery School"}.get(
            phase, "School"
        )
        trust = (5000 + place_in_list % max(4, count // 12),) if group == "Academies" else None
        school = School(
            place.next_urn, place.next_number, f"{next(names)} {kind}", phase, type_, group, (low, high),
            int(size * random.uniform(0.5, 1.6)), at[0], at[1],
            trust=(trust[0], f"Trust of {trust[0]}") if trust else None,
        )  # fmt: skip
        place.schools[school.urn] = school
        place.next_urn, place.next_number = place.next_urn + 1, place.next_number + 1
    _add_extremes(place, centre)
    for phase, size in (("primary", 12), ("secondary", 9)):
        members = [one for one in place.schools.values() if one.phase.lower() == phase]
        for turn in range(max(1, len(members) // size) if members else 0):
            at_school = random.choice(members)
            key = f"{phase}_{turn + 1}"
            place.consortia[key] = (
                f"{at_school.name.split()[0]} {phase} {turn + 1}",
                phase,
                at_school.easting,
                at_school.northing,
            )
    return place


def _add_extremes(place: SimulatedSchool, centre: tuple[int, int]) -> None:
    """Put one school at each end, so that the authority has its full width."""
    for urn, side in zip(list(place.schools)[:2], (-0.5, 0.5), strict=False):
        place.schools[urn].easting = int(centre[0] + side * place.width)


def _names(random: Random, endings: list[str]) -> Iterator[str]:
    pairs = [f"{first}{second}" for first in FIRST for second in endings]
    random.shuffle(pairs)
    yield from pairs
    for number in range(2, 100):
        yield from (f"{one} {number}" for one in pairs)


def financial_year(day: date) -> str:
    """The financial year of a day, from 1 April to 31 March, as “2026-27”."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def fund_key(year: str) -> str:
    """The key of an authority's intervention fund of a financial year."""
    return f"intervention_{year.replace('-', '_')}"


def tenant_file(place: SimulatedSchool, inset_days: list[date], extra: str = "") -> str:
    """The settings file of the authority."""
    days = ", ".join(day.isoformat() for day in inset_days)
    lines = [
        f'name = "{place.name}"', f'slug = "{place.slug}"', f"dfe_code = {place.code}",
        f'gss_code = "E10000{place.code}"', f'hosts = ["{place.host}"]', f"inset_days = [{days}]",
        "[brand]", f'short_name = "{place.name}"', 'colour = "#1d4e3e"',
        "[mail]", f'reply_to = "improvement@{place.slug}.gov.uk"',
    ]  # fmt: skip
    for contact in ("core_team", "safeguarding"):
        lines += [f"[contacts.{contact}]", f'mailbox = "{contact.replace("_", "-")}@{place.slug}.gov.uk"']
    for key, (name, phase, _, _) in place.consortia.items():
        lines += [f"[consortia.{key}]", f'name = "{name}"', f'phase = "{phase}"']
    for year in place.fund_years:
        lines += [
            f"[funds.{fund_key(year)}]", 'label = "Intervention"', 'source = "authority"',
            'purpose = "intervention"', 'phase = "primary"', f"pence = {FUND_PENCE}", f'financial_year = "{year}"',
        ]  # fmt: skip
    return "\n".join(lines) + "\n" + extra


def register_file(place: SimulatedSchool, folder: Path, day: date) -> Path:
    """The register file published on `day`, which also has rows of another authority, as the national file does."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for school in place.schools.values():
        writer.writerow(_row(place, school, day))
    path = folder / f"edubasealldata{day:%Y%m%d}-{place.slug}.csv"
    path.write_bytes(out.getvalue().encode("cp1252"))
    return path


def _row(place: SimulatedSchool, school: School, day: date) -> list[object]:
    links = [f"{urn} Predecessor{school.link}" for urn in school.before]
    links += [f"{urn} Successor{school.link}" for urn in school.heirs]
    return [
        school.urn, place.code, place.name, school.number, school.name, school.type, school.group, school.status,
        school.opened[0], _day(school.opened[1]), school.closed[0], _day(school.closed[1]), school.phase,
        school.ages[0], school.ages[1], "Mixed", "Does not apply", school.pupils + 30, "15-01-2026", school.pupils,
        round(school.pupils % 40 + 0.5, 1), *(school.trust or ("", "")), _day(day), school.name.split()[0], "", place.name,
        f"{school.name.split()[0]} Ward", school.easting, school.northing, ",".join(links) or "Does not have links",
    ]  # fmt: skip


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""


def apply_month(place: SimulatedSchool, day: date, *, at_least: int = 0) -> list[Happened]:
    """Apply one month of conversions, mergers, closures, openings and changes; more at the year's boundaries."""
    random, happened = place.random, []
    share = len(place.open_schools) / 519
    busy = 3 if day.month in (9, 4) else 1
    conversions = max(at_least, _count(random, 1.6 * share * busy))
    for _ in range(conversions):
        happened += _convert(place, day)
    for _ in range(_count(random, 0.5 * share * busy)):
        happened += _merge(place, day)
    for _ in range(_count(random, 0.4 * share * busy)):
        happened += _close(place, day)
    for school in random.sample(place.open_schools, min(len(place.open_schools), 1 + int(12 * share))):
        school.pupils = max(20, school.pupils + random.randint(-15, 15))
    return happened


def _count(random: Random, mean: float) -> int:
    return int(mean) + (random.random() < mean % 1)


def _follow(place: SimulatedSchool, old: list[School], name: str, day: date) -> School:
    """Create the successor of one or more schools, with a new URN."""
    first = old[0]
    new = School(
        place.next_urn, first.number, name, first.phase, first.type, first.group, first.ages,
        sum(one.pupils for one in old), first.easting, first.northing, trust=first.trust,
        before=[one.urn for one in old],
    )  # fmt: skip
    place.next_urn += 1
    place.schools[new.urn] = new
    for one in old:
        one.status, one.heirs = "Closed", [new.urn]
    new.opened = ("New Provision", day)
    return new


def _convert(place: SimulatedSchool, day: date) -> list[Happened]:
    candidates = [one for one in place.open_schools if one.type == "Community school"]
    if not candidates:
        return []
    old = place.random.choice(candidates)
    new = _follow(place, [old], old.name.replace("School", "Academy"), day)
    new.type, new.group, new.trust = "Academy converter", "Academies", (5001, "Trust of 5001")
    new.opened, old.closed = ("Academy Converter", day), ("Academy Converter", day)
    return [Happened("converted", old.urn, new.urn)]


def _merge(place: SimulatedSchool, day: date) -> list[Happened]:
    pool = [one for one in place.open_schools if one.phase == "Primary" and one.group != "Academies"]
    if len(pool) < 2:
        return []
    first = place.random.choice(pool)
    second = min(
        (one for one in pool if one is not first),
        key=lambda one: math.dist((one.easting, one.northing), (first.easting, first.northing)),
    )
    new = _follow(
        place, [first, second], f"{first.name.split()[0]} and {second.name.split()[0]} Primary School", day
    )
    new.number, place.next_number = place.next_number, place.next_number + 1
    new.opened = ("Result of Amalgamation/Merger", day)
    for one in (first, second):
        one.closed, one.link = ("Result of Amalgamation/Merger", day), " - amalgamated"
    new.link = " - amalgamated"
    return [Happened("merged", first.urn, new.urn), Happened("merged", second.urn, new.urn)]


def _close(place: SimulatedSchool, day: date) -> list[Happened]:
    if len(place.open_schools) < 6:
        return []
    old = place.random.choice(place.open_schools)
    old.status, old.closed = "Closed", ("Closure", day)
    return [Happened("closed", old.urn)]
