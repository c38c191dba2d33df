"""Parsing the DfE's extract, valid and invalid."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alongside.features.schools.gias import read_register
from alongside.features.schools.upload_source import UnreadableFile
from tests.features.schools.extract import (
    HAMPSHIRE,
    SAMPLE,
    SCHOOL,
    SURREY,
    as_csv,
    read_text,
    register_text,
    sample_rows,
    school,
)


def test_the_true_extract_is_read_for_one_authority_and_the_others_are_counted() -> None:
    hampshire, surrey = read_register(SAMPLE, HAMPSHIRE), read_register(SAMPLE, SURREY)
    assert (len(hampshire.schools), hampshire.others, hampshire.faults) == (35, 42, [])
    assert (len(surrey.schools), surrey.others, surrey.faults) == (42, 35, [])
    alton = hampshire.schools[115852]
    assert alton["name"] == next(row[4] for row in sample_rows() if row[0] == "115852")
    assert (alton["la_code"], alton["status"], alton["phase"]) == (850, "open", "primary")


def test_links_that_spill_unquoted_over_the_last_column_are_all_read() -> None:
    register = read_register(SAMPLE, SURREY)
    assert register.links is not None
    spilt = {urn for urn, links in register.links.items() if len(links) > 1}
    widths = {int(row[0]): len(row) for row in sample_rows()[1:] if row[1] == "936"}
    assert spilt == {urn for urn, width in widths.items() if width > 106}
    assert spilt


def test_missing_figures_are_nothing_and_a_true_zero_stays_zero(tmp_path: Path) -> None:
    register = read_text(
        tmp_path,
        register_text(
            school(
                990101,
                NumberOfPupils="SUPP",
                PercentageFSM="",
                SchoolCapacity="Not applicable",
                OpenDate="01-01-1900",
            ),
            school(990102, NumberOfPupils="0", PercentageFSM="0.0"),
            school(990103, Type="Other independent school", Group="Independent schools", PercentageFSM="0.0"),
            school(990104, Easting="", Northing=""),
            school(990105, Easting="0", Northing="0"),
        ),
    )
    assert not register.faults
    one = register.schools[990101]
    assert (one["pupils"], one["percentage_fsm"], one["capacity"], one["opened_on"]) == (
        None,
        None,
        None,
        None,
    )
    assert (register.schools[990102]["pupils"], register.schools[990102]["percentage_fsm"]) == (
        0,
        Decimal("0.0"),
    )
    assert register.schools[990103]["percentage_fsm"] is None
    for urn in (990104, 990105):
        assert [register.schools[urn][name] for name in ("easting", "northing", "latitude", "longitude")] == [
            None
        ] * 4


@pytest.mark.parametrize(
    ("cells", "phase", "kind"),
    [
        ({"Phase": "Nursery"}, "nursery", "mainstream"),
        ({"Phase": "Middle deemed primary"}, "middle_deemed_primary", "mainstream"),
        ({"Phase": "Middle deemed secondary"}, "middle_deemed_secondary", "mainstream"),
        ({"Phase": "Secondary"}, "secondary", "mainstream"),
        ({"Phase": "All-through"}, "all_through", "mainstream"),
        ({"Phase": "All through"}, "all_through", "mainstream"),
        ({"Phase": "16 plus"}, "sixteen_plus", "mainstream"),
        ({"Phase": "Not applicable", "Type": "Community special school"}, "not_applicable", "special"),
        ({"Phase": "Not applicable", "Type": "Pupil referral unit"}, "not_applicable", "pupil_referral_unit"),
        (
            {"Phase": "Not applicable", "Type": "Academy alternative provision converter"},
            "not_applicable",
            "pupil_referral_unit",
        ),
    ],
)
def test_every_phase_of_gias_has_its_place(
    tmp_path: Path, cells: dict[str, str], phase: str, kind: str
) -> None:
    register = read_text(tmp_path, register_text(school(990101, **cells)))
    assert (register.schools[990101]["phase"], register.schools[990101]["kind"]) == (phase, kind)


def test_columns_are_found_by_name_whatever_their_order_and_number(tmp_path: Path) -> None:
    heading, *rows = sample_rows()
    narrow = [heading[:-1], *(row[: len(heading) - 1] for row in rows)]
    mixed = [[f"New column {number}", *reversed(row)] for number, row in enumerate(narrow)]
    mixed[0][1:] = list(reversed(heading[:-1]))
    plain, other = (read_text(tmp_path, as_csv(one), HAMPSHIRE) for one in (narrow, mixed))
    assert other.schools == plain.schools
    assert other.links is None, "no column of links says nothing about links"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_names_keep_their_letters_in_each_encoding_that_is_in_use(
    tmp_path: Path, encoding: str, newline: str
) -> None:
    text = register_text(school(990101, "St Teilo’s École – Ŵern".replace("Ŵ", "W")), newline=newline)
    assert read_text(tmp_path, text, encoding=encoding).schools[990101]["name"] == "St Teilo’s École – Wern"


def test_a_gzipped_file_is_the_same_file(tmp_path: Path) -> None:
    packed = tmp_path / "edubasealldata20220420.csv.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    register, plain = read_register(packed, HAMPSHIRE), read_register(SAMPLE, HAMPSHIRE)
    assert (register.schools, register.sha256) == (plain.schools, plain.sha256)
    assert register.as_at == date(2022, 4, 20)


def test_the_bar_moves_by_the_bytes_of_the_file() -> None:
    heard: list[int] = []
    read_register(SAMPLE, HAMPSHIRE, heard.append)
    assert sum(heard) == 2 * SAMPLE.stat().st_size


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"NumberOfPupils": "many"}, "NumberOfPupils", "“many” is not a whole number"),
        ({"NumberOfPupils": "-3"}, "NumberOfPupils", "is not a whole number"),
        ({"StatutoryLowAge": "400"}, "StatutoryLowAge", "400 is not between 0 and 99"),
        ({"OpenDate": "31-02-2020"}, "OpenDate", "write it as 31-08-2024"),
        ({"OpenDate": "2020-01-31"}, "OpenDate", "write it as 31-08-2024"),
        ({"PercentageFSM": "210"}, "PercentageFSM", "is not a percentage"),
        ({"Phase": "Tertiary"}, "PhaseOfEducation (name)", "is not one of: Nursery, Primary"),
        ({"Status": "Ajar"}, "EstablishmentStatus (name)", "is not one of: Open"),
        ({"EstablishmentName": ""}, "EstablishmentName", "is blank"),
        ({"URN": "12x456"}, "URN", "is not a whole number"),
        ({"Links": "the school next door"}, "Linked establishments", "is not a link"),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_while_the_rest_goes_in(
    tmp_path: Path, cells: dict[str, str], column: str, words: str
) -> None:
    bad = school(990102) | school(990102, **cells)
    register = read_text(tmp_path, register_text(school(990101), bad, school(990103)))
    assert set(register.schools) == {990101, 990103}
    (fault,) = register.faults
    assert (fault.line, fault.column) == (3, column)
    assert words in fault.reason
    assert register.unreadable == (frozenset() if column == "URN" else {990102})


def test_rows_with_a_cell_too_many_or_too_few_are_reported(tmp_path: Path) -> None:
    lines = register_text(school(990101), school(990102), school(990103), school(990104)).splitlines()
    lines[2] = lines[2].replace(",Does not have links", "")
    lines[3] = lines[3] + ",one too many"
    register = read_text(tmp_path, "\r\n".join([*lines, ""]))
    assert set(register.schools) == {990101, 990104}
    assert [fault.line for fault in register.faults] == [3, 4]
    assert "a comma is missing or one too many" in register.faults[0].reason


def test_a_quotation_mark_left_open_costs_its_own_row_only(tmp_path: Path) -> None:
    schools = [school(990101 + number) for number in range(30)]
    lines = register_text(*schools).splitlines()
    lines[5] = lines[5].replace("School 990105", '"School 990105')
    register = read_text(tmp_path, "\r\n".join([*lines, ""]))
    assert set(register.schools) == {990101 + number for number in range(30)} - {990105}
    assert [(fault.line, fault.urn) for fault in register.faults] == [(6, 990105)]


def test_a_line_break_inside_an_address_is_no_fault(tmp_path: Path) -> None:
    register = read_text(
        tmp_path, register_text(school(990101, "Weir\r\nPrimary"), school(990102, NumberOfPupils="many"))
    )
    assert register.schools[990101]["name"] == "Weir Primary"
    assert register.faults[0].line == 4, "lines are those that an editor shows"


def test_rows_of_other_authorities_are_passed_over_whatever_is_in_them(tmp_path: Path) -> None:
    others = [
        school(880101, "Two\r\nlines, here", LA="880"),
        school(880102, 'The “9" and "01” School', LA="880"),
        school(901000, "Has our digits", LA="880"),
        school(880103, NumberOfPupils="many", LA="880"),
    ]
    ours = [school(990101 + number) for number in range(4)]
    mixed = [one for pair in zip(others, ours, strict=True) for one in pair]
    for rows in (mixed, mixed[::-1]):
        register = read_text(tmp_path, register_text(*rows))
        assert (set(register.schools), register.others, register.faults) == (
            {990101, 990102, 990103, 990104},
            4,
            [],
        )


def test_of_a_urn_listed_twice_with_two_contents_neither_is_taken(tmp_path: Path) -> None:
    twice = [school(990101, "One"), school(990102), school(990101, "Other"), school(990102)]
    for rows in (twice, twice[::-1]):
        register = read_text(tmp_path, register_text(*rows))
        assert set(register.schools) == {990102}
        assert len(register.faults) == 2


def test_childrens_centres_are_not_schools(tmp_path: Path) -> None:
    register = read_text(tmp_path, register_text(school(990101), school(990102, Type="Children’s centre")))
    assert (set(register.schools), register.not_schools) == ({990101}, 1)


SAMPLE_BYTES = SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (SAMPLE_BYTES.decode("cp1252").encode("utf-16"), "UTF-16"),
        (SAMPLE_BYTES.decode("cp1252").encode("utf-16-le"), "binary"),
        (b"PK\x03\x04" + bytes(200), "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(200), "old Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\r\n<!DOCTYPE html><html><body>503 Service unavailable", "web page"),
        (bytes(range(256)) * 20, "binary"),
        (gzip.compress(SAMPLE_BYTES)[:-900], "cut off"),
        (gzip.compress(gzip.compress(SAMPLE_BYTES)), "compressed twice"),
        (b"URN,Name\r\n1,Mill\r\n", "no column LA (code), EstablishmentNumber"),
        (SAMPLE_BYTES.replace(b",", b";"), "semicolons"),
        (SAMPLE_BYTES[:-300], "breaks off in line"),
        (SAMPLE_BYTES[: len(SAMPLE_BYTES) // 2], "breaks off in line"),
        (SAMPLE_BYTES.splitlines(keepends=True)[0], "none of authority 850"),
        (SAMPLE_BYTES + "École".encode() + b" \x92\r\n", "mixes encodings"),
        (b"\xef\xbb\xbf" + SAMPLE_BYTES + b"\x92\r\n", "mixes encodings"),
    ],
)
def test_a_file_that_is_not_the_whole_register_says_what_it_is(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "edubasealldata.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"edubasealldata\.csv") as refusal:
        read_register(file, HAMPSHIRE)
    assert words in str(refusal.value)


def test_a_heading_that_comes_twice_is_refused(tmp_path: Path) -> None:
    lines = register_text(school(990101)).splitlines()
    with pytest.raises(UnreadableFile, match="SchoolCapacity more than once"):
        read_text(tmp_path, f"{lines[0]},SchoolCapacity\r\n{lines[1]},1\r\n")


def test_every_required_column_is_named_when_it_is_missing(tmp_path: Path) -> None:
    rows = [list(SCHOOL), list(SCHOOL.values())]
    for heading in (
        "URN",
        "LA (code)",
        "EstablishmentName",
        "PhaseOfEducation (name)",
        "EstablishmentStatus (name)",
    ):
        place = rows[0].index(heading)
        with pytest.raises(UnreadableFile) as refusal:
            read_text(tmp_path, as_csv([row[:place] + row[place + 1 :] for row in rows]))
        assert heading in str(refusal.value)
