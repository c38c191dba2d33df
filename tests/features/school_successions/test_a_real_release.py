"""The rule applied to real releases: Hertfordshire, April 2022 to April 2025, with its 19 conversions.

Contains public sector information licensed under the Open Government Licence v3.0: DfE, Get Information About Schools.
Only URNs, establishment numbers, types, phases and links of 44 schools are kept; the names are invented.
"""

import csv
from pathlib import Path
from typing import Any

from alongside.features.school_successions.families import families_after
from alongside.features.schools.changes import compare
from alongside.features.schools.gias import Register
from alongside.features.schools.gias_links import read_links
from alongside.features.schools.record import SchoolFields
from tests.features.schools.extract import read_text, register_text, school

HERE = Path(__file__).parent
LA = 919


def schools_of(release: str) -> list[dict[str, str]]:
    """The schools that only one of the two releases lists."""
    with (HERE / "hertfordshire_schools.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["release"] == release]


def register_of(folder: Path, release: str, steady: int) -> Register:
    """A release as a register: its schools and `steady` ones that both have, with invented names."""
    rows: list[Any] = [
        school(
            int(row["URN"]),
            LA=str(LA),
            Number=row["EstablishmentNumber"],
            Type=row["type"] or "Academy converter",
            Phase=row["phase"],
        )
        for row in schools_of(release)
    ]
    rows += [school(900_000 + number, LA=str(LA), Number=str(9000 + number)) for number in range(steady)]
    return read_text(folder, register_text(*rows), LA)


def test_nineteen_conversions_are_found_and_the_other_missing_schools_asked_about(tmp_path: Path) -> None:
    """25 of 485 schools are missing three years later; 19 have become academies, 6 have no successor here."""
    before = register_of(tmp_path, "2022-04", 460)
    known: dict[int, SchoolFields] = {urn: {"gone_since": None, **one} for urn, one in before.schools.items()}
    after = register_of(tmp_path, "2025-04", 460)
    found = read_links(HERE / "hertfordshire_links.csv")
    after.links = {urn: found.get(urn, []) for urn in {*after.schools, *known}}
    report = compare(after, known, {})
    assert (len(report.missing), report.looks_cut_off, report.missing_stay_open) == (25, False, False)
    families = families_after(after, report, known, {})
    closed = [int(row["URN"]) for row in schools_of("2022-04")]
    assert families.closed() == sorted(closed)
    heirs = {urn: families.successors(urn).open for urn in closed}
    converted = {urn: found for urn, found in heirs.items() if found}
    assert len(converted) == 19
    assert all(len(found) == 1 for found in converted.values())
    assert sorted(found[0] for found in converted.values()) == sorted(
        int(row["URN"]) for row in schools_of("2025-04")
    )
    listed = {
        (row["LinkURN"], row["URN"])
        if row["LinkType"].startswith("Predecessor")
        else (row["URN"], row["LinkURN"])
        for row in csv.DictReader((HERE / "hertfordshire_links.csv").read_text(encoding="utf-8").splitlines())
    }
    assert {(str(old), str(new)) for old, (new,) in converted.items()} <= listed


def test_a_file_that_lacks_half_of_the_schools_is_not_nothing_to_change(tmp_path: Path) -> None:
    """77 of 137 missing, and one row without a readable URN: the file is refused as cut off, not passed over."""
    rows = [school(990_200 + number, Number=str(2200 + number)) for number in range(137)]
    before = read_text(tmp_path, register_text(*rows))
    known: dict[int, SchoolFields] = {urn: {"gone_since": None, **one} for urn, one in before.schools.items()}
    after = read_text(tmp_path, register_text(*rows[:60], rows[60] | {"URN": "99o260"}))
    report = compare(after, known, {})
    assert (len(report.missing), report.changes, report.looks_cut_off) == (77, [], True)
    few = compare(read_text(tmp_path, register_text(*rows[:135], rows[135] | {"URN": "x"})), known, {})
    assert (len(few.missing), few.changes, few.missing_stay_open) == (2, [], True)
