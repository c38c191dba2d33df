"""The change report, by kind of change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from alongside.errors import ActionRefused
from alongside.features.schools.changes import Change, ChangeReport, compare, refuse_cut_off
from alongside.features.schools.gias import Register
from alongside.features.schools.record import SchoolFields
from tests.features.schools.extract import read_text, register_text, school

Row = Mapping[str, str]


def known(register: Register, **gone: Any) -> dict[int, SchoolFields]:
    """The schools of a register as they stand once it is in force."""
    whole: dict[int, Any] = {
        urn: {"gone_since": None, **one, **gone} for urn, one in register.schools.items()
    }
    return whole


class Before:
    """A register in force, to hold others against."""

    def __init__(self, folder: Path, *schools: Row) -> None:
        self.folder = folder
        self.register = read_text(folder, register_text(*schools))

    def then(self, *schools: Row, **gone: Any) -> ChangeReport:
        after = read_text(self.folder, register_text(*schools))
        return compare(after, known(self.register, **gone), self.register.links or {})


def kinds(report: ChangeReport) -> dict[str, int]:
    return {kind: count for kind, count in report.counts.items() if count}


def test_the_first_register_adds_every_school_and_opens_none(tmp_path: Path) -> None:
    register = read_text(tmp_path, register_text(school(990101), school(990102, Status="Closed")))
    assert kinds(compare(register, {}, {})) == {"added": 2}


def test_the_same_register_again_changes_nothing(tmp_path: Path) -> None:
    schools = [school(990101, Links="990102 Successor"), school(990102, NumberOfPupils="SUPP")]
    report = Before(tmp_path, *schools).then(*schools)
    assert (report.changes, report.unchanged) == ([], 2)


def test_a_new_school_has_opened_and_one_that_was_proposed_too(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101), school(990102, Status="Proposed to open"))
    report = before.then(school(990101), school(990102), school(990103), school(990104, Status="Closed"))
    assert kinds(report) == {"opened": 2, "added": 1, "changed": 1}


def test_a_school_that_became_an_academy_is_known_by_its_link(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101), school(990102))
    closed = school(
        990101,
        Status="Closed",
        CloseDate="31-08-2025",
        WhyClosed="Academy Converter",
        Links="990201 Successor",
    )
    academy = school(990201, Type="Academy converter", Group="Academies", WhyOpened="Academy Converter")
    report = before.then(closed, school(990102), academy)
    assert Change(990201, "School 990201", "converted", 990101) in report.changes
    assert Change(990101, "School 990101", "closed", 990201) in report.changes


def test_without_a_link_it_is_known_by_the_establishment_number_it_kept(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101, Number="2101"), school(990102))
    closed = school(990101, Number="2101", Status="Closed", CloseDate="31-08-2025")
    academy = school(990201, Number="2101", Type="Academy sponsor led", Group="Academies")
    report = before.then(closed, school(990102), academy)
    assert Change(990201, "School 990201", "converted", 990101) in report.changes
    assert Change(990101, "School 990101", "closed", 990201) in report.changes


def test_two_schools_that_became_one_have_merged(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101), school(990102))
    gone = {"Status": "Closed", "CloseDate": "31-08-2025", "Links": "990201 Successor"}
    one = school(990201, Links="990101 Predecessor - amalgamated,990102 Predecessor - amalgamated")
    report = before.then(school(990101, **gone), school(990102, **gone), one)
    assert kinds(report) == {"opened": 1, "merged": 2, "changed": 2}
    assert Change(990101, "School 990101", "merged", 990201) in report.changes


def test_every_changed_field_is_told_with_what_it_was(tmp_path: Path) -> None:
    report = Before(tmp_path, school(990101)).then(school(990101, "Weir Academy", NumberOfPupils="203"))
    assert report.changes == [
        Change(990101, "Weir Academy", "changed", field="name", old="School 990101", new="Weir Academy"),
        Change(990101, "Weir Academy", "changed", field="pupils", old="197", new="203"),
    ]


def test_a_figure_that_is_suppressed_now_becomes_nothing(tmp_path: Path) -> None:
    report = Before(tmp_path, school(990101)).then(school(990101, NumberOfPupils="SUPP"))
    assert report.changes == [Change(990101, "School 990101", "changed", field="pupils", old="197", new=None)]


def test_columns_that_the_new_file_lacks_change_nothing(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101))
    after = read_text(tmp_path, register_text(school(990101)).replace("NumberOfPupils", "NumberOfHeads"))
    assert compare(after, known(before.register), {}).changes == []


def test_a_school_no_longer_listed_is_gone_and_may_come_back(tmp_path: Path) -> None:
    before = Before(tmp_path, school(990101), school(990102))
    report = before.then(school(990101))
    assert (kinds(report), report.missing) == ({"gone": 1}, [990102])
    assert kinds(before.then(school(990101), school(990102), gone_since="2025-01-01")) == {"back": 2}


@pytest.mark.parametrize("bad", [{"OpenDate": "31-31-2020"}, {"URN": "99o102"}])
def test_a_school_whose_row_cannot_be_read_is_not_gone(tmp_path: Path, bad: dict[str, str]) -> None:
    before = Before(tmp_path, school(990101), school(990102))
    report = before.then(school(990101), school(990102) | bad)
    assert report.changes == []


def test_a_file_that_lacks_too_many_schools_is_taken_for_cut_off(tmp_path: Path) -> None:
    schools = [school(990101 + number) for number in range(30)]
    before = Before(tmp_path, *schools)
    after = read_text(tmp_path, register_text(*schools[:20]))
    with pytest.raises(ActionRefused, match="lacks 10 of 30 open schools"):
        refuse_cut_off(after, before.then(*schools[:20]))
    refuse_cut_off(after, before.then(*schools[:28]))
