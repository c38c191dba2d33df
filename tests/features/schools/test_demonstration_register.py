"""The demonstration's register: the same bytes each time, real places, and no real name."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from alongside.dev.demo_data.register import core_of, main
from alongside.features.schools.gias import Register, read_register
from alongside.features.schools.models import OPEN_STATUSES, PHASES, School

SHIPPED = Path(__file__).parents[3] / "src" / "alongside" / "dev" / "demo_data" / "register.csv"
SHA256 = "26e8b0c8babc82a5c99e2d39be73a43e18b3f9cc1b84edf6184930e263f164ff"
WIGAN, YORK = 359, 816


@pytest.fixture(scope="module")
def wigan() -> Register:
    return read_register(SHIPPED, WIGAN)


def test_the_shipped_file_is_the_one_that_was_made() -> None:
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() == SHA256


def test_it_is_read_without_a_fault_by_the_same_importer(wigan: Register) -> None:
    york = read_register(SHIPPED, YORK)
    assert (wigan.faults, york.faults) == ([], [])
    at_work = [one for one in wigan.schools.values() if one["status"] in OPEN_STATUSES]
    assert len(at_work) == 134
    assert {one["phase"] for one in at_work} == set(PHASES) - {
        "middle_deemed_primary",
        "middle_deemed_secondary",
    }
    assert {one["kind"] for one in at_work} == {"mainstream", "special", "pupil_referral_unit"}
    assert "École" in SHIPPED.read_bytes().decode("cp1252") or "É" in SHIPPED.read_bytes().decode("cp1252")


def test_nothing_in_it_can_be_taken_for_a_real_school(wigan: Register) -> None:
    for urn, one in wigan.schools.items():
        assert urn > 900_000
        assert (one["establishment_number"] or 0) > 9000
        assert (one["postcode"] or "").endswith("OO"), "no real postcode ends in the letter O"
        assert one["website"] is None
        assert one["street"] is None
    names = Counter(one["name"] for one in wigan.schools.values())
    assert max(names.values()) == 1


def test_every_school_has_a_place_and_missing_figures_are_nothing(wigan: Register) -> None:
    assert all(one["latitude"] and one["ward"] for one in wigan.schools.values())
    assert not [
        one for one in wigan.schools.values() if one["phase"] == "nursery" and one["percentage_fsm"] == 0
    ]
    assert {column.name for column in School.__table__.columns} > wigan.fields


def write(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def open_data(tmp_path: Path) -> Path:
    """A folder in the shape of the open data, with three schools."""
    joined = {
        "LANAME": "Wigan",
        "establishment_type": "Community school",
        "LAT": "53.55",
        "LON": "-2.65",
        "statutory_low_age": "4",
        "statutory_high_age": "11",
        "religious_character": "Does not apply",
        "Group UID": "",
        "POSTCODE": "WN6 7PT",
    }
    primary, academy = {"SCHOOLTYPE": "State-funded primary"}, {"SCHOOLTYPE": "State-funded secondary"}
    write(
        tmp_path / "joined" / "schools.csv",
        [
            joined
            | primary
            | {"URN": "100001", "LA": "359", "SCHNAME": "Copperthwaite Primary School", "NOR": "210"},
            joined | academy | {"URN": "100002", "LA": "359", "SCHNAME": "Real High Academy", "NOR": ""},
            joined
            | primary
            | {"URN": "100003", "LA": "816", "SCHNAME": "St Teilo's CofE School", "NOR": "300"},
            joined
            | {"SCHOOLTYPE": "Independent school", "URN": "1", "LA": "359", "SCHNAME": "Other", "NOR": "1"},
        ],
    )
    place = {"administrative_ward": "Bryn", "town": "Wigan", "postcode": "WN6 7PT"}
    write(
        tmp_path / "gias" / "establishments_2022-04.csv",
        [
            place | {"urn": "100001", "school_name": "Copperthwaite"},
            place | {"urn": "100003", "school_name": "Teilo"},
        ],
    )
    write(
        tmp_path / "performance" / "census_2024-25.csv",
        [
            {"URN": "100001", "NUMFSM": "21", "NUMFSMEVER": "40"},
            {"URN": "100003", "NUMFSM": "0", "NUMFSMEVER": "NA"},
        ],
    )
    return tmp_path


def test_it_is_made_again_to_the_byte(open_data: Path) -> None:
    first, second = open_data / "first.csv", open_data / "second.csv"
    main(open_data, first)
    main(open_data, second)
    assert first.read_bytes() == second.read_bytes()
    register = read_register(first, WIGAN)
    one = next(one for one in register.schools.values() if one["pupils"] == 210)
    assert (str(one["percentage_fsm"]), (one["easting"] or 1) % 100) == ("10.0", 0)


def test_no_invented_name_is_like_one_in_the_open_data(open_data: Path) -> None:
    main(open_data, open_data / "made.csv")
    real = {"copperthwaite", "teilos", "real"}
    for la_code in (WIGAN, YORK):
        for one in read_register(open_data / "made.csv", la_code).schools.values():
            assert core_of(one["name"]) not in real
            assert one["name"][:10] != "Copperthwa"
