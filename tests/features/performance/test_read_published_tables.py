"""Hand-made files in the published layout, for marks, rows and tables of which no real file has an example."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.published.content import Question, Table
from alongside.features.performance.published.reading import read_table
from alongside.features.performance.published.sheets import UnreadableTable, read_sheet
from tests.personas import NORTHSHIRE, SCHOOLS

FILES = Path(__file__).parent / "files"


def read(
    name: str, body: bytes | None = None, *, year: str | None = None, release: str | None = "final"
) -> Table:
    """Read a file for Northshire; a file whose name says its release needs none."""
    content = (FILES / name).read_bytes() if body is None else body
    question = Question(NORTHSHIRE, measures_of(settings_of(NORTHSHIRE)), frozenset(SCHOOLS), year, release)
    return read_table(read_sheet(name, content), question)


def figure(table: Table, urn: int, measure: str, year: str) -> tuple[str, str | None]:
    """The status and value of the one figure of a school, measure and year."""
    (found,) = [
        one for one in table.figures if (one.urn, one.measure, one.academic_year) == (urn, measure, year)
    ]
    value = found.content.value
    return found.content.status, None if value is None else str(value)


def benchmarks(table: Table, measure: str, year: str) -> dict[tuple[str, str], str]:
    """The published national and authority figures of a measure."""
    return {
        (one.level, one.phase): str(one.content.value)
        for one in table.benchmarks
        if (one.measure, one.academic_year) == (measure, year)
    }


def test_key_stage_2() -> None:
    table = read("2024-2025_901_ks2final.csv", release=None)
    assert (table.key, table.academic_year, table.release, table.others) == ("ks2", "2024-25", "final", 1)
    of_mill = {one.measure: str(one.content.value) for one in table.figures if one.urn == 990001}
    assert of_mill == {
        "ks2_expected": "63",
        "ks2_higher": "10",
        "ks2_reading_expected": "77",
        "ks2_reading_higher": "33",
        "ks2_writing_expected": "70",
        "ks2_writing_higher": "13",
        "ks2_maths_expected": "73",
        "ks2_maths_higher": "23",
        "ks2_grammar_expected": "73",
        "ks2_reading_score": "105",
        "ks2_maths_score": "104",
        "ks2_grammar_score": "106",
    }
    assert figure(table, 990002, "ks2_expected", "2024-25") == ("suppressed", None)
    assert figure(table, 990003, "ks2_expected", "2024-25") == ("ok", "0")
    assert figure(table, 990003, "ks2_reading_score", "2024-25") == ("not_applicable", None)
    assert figure(table, 990004, "ks2_expected", "2024-25") == ("not_available", None)
    assert {one.denominator for one in table.figures} == {30, 4, 7, None}
    assert benchmarks(table, "ks2_expected", "2024-25") == {
        ("authority", "all"): "61",
        ("national", "all"): "62",
    }


def test_key_stage_4() -> None:
    table = read("2023-2024_901_ks4revised.csv", release=None)
    assert (table.key, table.release) == ("ks4", "revised")
    assert figure(table, 990001, "ks4_progress8", "2023-24") == ("ok", "-0.12")
    assert figure(table, 990001, "ks4_english_maths_4", "2023-24") == ("ok", "64")
    assert figure(table, 990002, "ks4_progress8", "2023-24") == ("low_coverage", None)
    assert figure(table, 990002, "ks4_ebacc_entry", "2023-24") == ("ok", "0")
    assert figure(table, 990003, "ks4_attainment8", "2023-24") == ("not_applicable", None)
    assert figure(table, 990004, "ks4_progress8", "2023-24") == ("not_available", None)
    assert benchmarks(table, "ks4_progress8", "2023-24")["national", "all"] == "-0.03"


def test_pupils_at_the_end_of_key_stage_4_with_the_marks_of_government_statistics() -> None:
    table = read("2023-24_performance_tables_schools.csv", release=None)
    assert (table.key, table.academic_year, table.release) == ("ks4_pupils", "2023-24", "provisional")
    assert figure(table, 990001, "ks4_disadvantage_gap", "2023-24") == ("ok", "-14")
    statuses = {one.measure: one.content.status for one in table.figures if one.urn == 990002}
    assert statuses == {
        "ks4_pupils": "ok",
        "ks4_prior_attainment": "not_available",
        "ks4_low_prior_attainment": "suppressed",
        "ks4_high_prior_attainment": "suppressed",
        "ks4_disadvantaged": "suppressed",
        "ks4_eal": "ok",
        "ks4_ehc_plan": "not_available",
        "ks4_sen_support": "unreliable",
        "ks4_stable": "ok",
        "ks4_disadvantage_gap": "suppressed",
    }
    assert figure(table, 990003, "ks4_pupils", "2023-24") == ("not_applicable", None)
    assert benchmarks(table, "ks4_disadvantaged", "2023-24") == {
        ("authority", "all"): "26.5",
        ("national", "all"): "25.7",
    }


def test_destinations_of_three_years_of_leavers() -> None:
    table = read("2024-25_901_ks4-pupdest_final.csv")
    assert table.key == "ks4_destinations"
    years = ("2022-23", "2021-22", "2020-21")
    assert [figure(table, 990001, "destinations", year)[1] for year in years] == ["91", "97", "94"]
    assert figure(table, 990001, "destinations_employment", "2022-23") == ("not_available", None)
    assert figure(table, 990002, "destinations_disadvantaged", "2022-23") == ("suppressed", None)
    assert figure(table, 990002, "destinations", "2021-22") == ("not_applicable", None)
    assert benchmarks(table, "destinations", "2021-22") == {
        ("authority", "all"): "90",
        ("national", "all"): "94",
    }


def test_census_and_absence_with_rows_of_the_country_by_phase() -> None:
    census = read("england_census_2024-25.csv")
    assert figure(census, 990001, "fsm_ever", "2024-25") == ("ok", "44.06")
    assert figure(census, 990002, "fsm_ever", "2024-25") == ("not_available", None)
    assert figure(census, 990003, "fsm_ever", "2024-25") == ("not_available", None)
    assert figure(census, 990004, "fsm_ever", "2024-25") == ("ok", "0.00")
    assert figure(census, 990001, "language_unknown", "2024-25") == ("ok", "0")
    assert benchmarks(census, "fsm_ever", "2024-25") == {
        ("national", "primary"): "26.3",
        ("national", "secondary"): "28.9",
    }
    absence = read("england_abs_2023-24.csv")
    assert figure(absence, 990002, "persistent_absence", "2023-24") == ("suppressed", None)
    assert benchmarks(absence, "absence", "2023-24") == {
        ("authority", "primary"): "5.4",
        ("national", "primary"): "5.5",
        ("national", "secondary"): "8.9",
    }


def test_an_independent_schools_zero_percent_is_missing_even_without_the_number_of_pupils() -> None:
    body = (
        b"URN,LA,ESTAB,SCHOOLTYPE,NOR,PNUMEAL,PNUMFSMEVER\n"
        b"990001,901,6001,Independent school,100,1%,0.00%\n990002,901,2002,State-funded primary,100,1%,0.00%\n"
    )
    table = read("census_2023-24.csv", body)
    assert figure(table, 990001, "fsm_ever", "2023-24") == ("not_available", None)
    assert figure(table, 990002, "fsm_ever", "2023-24") == ("ok", "0.00")


def test_inspections_are_kept_in_the_words_of_their_framework() -> None:
    cards = read("report_cards_2026-03.csv")
    of_park = {one.area: one.judgement for one in cards.outcomes if one.urn == 990002}
    assert of_park == {
        "Inclusion": "Needs attention",
        "Curriculum and teaching": "Urgent improvement",
        "Achievement": "Needs attention",
        "Attendance and behaviour": "Needs attention",
        "Personal development and well-being": "Expected standard",
        "Leadership and governance": "Urgent improvement",
        "Safeguarding": "Not met",
    }
    assert {str(one.inspected_on) for one in cards.outcomes} == {"2025-11-18", "2026-02-03"}
    history = read("inspection_history.csv")
    assert [(one.urn, str(one.inspected_on), one.judgement) for one in history.outcomes] == [
        (990001, "2012-05-29", "Good"),
        (990001, "2010-03-17", "Satisfactory"),
        (990002, "2013-03-13", "Outstanding"),
    ]
    assert history.others == 1
    assert len({one.framework for one in (*cards.outcomes, *history.outcomes)}) == 2


def test_a_rating_of_0_means_no_overall_grade_and_needs_the_day_of_the_file() -> None:
    body = b"urn,name,ofsted_rating\n990001,Mill,0\n990002,Park,2\n990003,Quay,7\n"
    table = read("register_2026-02-28.csv", body)
    assert [(one.judgement, str(one.inspected_on), one.as_at) for one in table.outcomes] == [
        ("No overall grade", "2026-02-28", True),
        ("Good", "2026-02-28", True),
    ]
    assert [str(fault) for fault in table.faults] == [
        "line 4, ofsted_rating: “7” is not a judgement; correct it"
    ]
    with pytest.raises(UnreadableTable, match="Give the day on which it was made"):
        read("register.csv", body)


HEADING = "RECTYPE,LEA,URN,PTRWM_EXP,PTRWM_HIGH,READ_AVERAGE,MAT_AVERAGE,GPS_AVERAGE"


def ks2(rows: Iterable[str], heading: str = HEADING) -> Table:
    """Read a table of key stage 2 with these rows."""
    return read("ks2final_2024-25.csv", "\n".join([heading, *rows, ""]).encode())


GOOD = "1,901,990005,60%,5%,104,104,105"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "1,901,990001,12,5%,9%,104,104,105",
            "line 3: has 9 cells, not 8; a comma is missing or one too many",
        ),
        (
            '1,901,990001,"61,5",5%,104,104,105',
            "PTRWM_EXP: “61,5” has a decimal comma; write it with a point",
        ),
        ("1,901,990001,0.43,5%,104,104,105", "PTRWM_EXP: “0.43” has no % as the column’s other cells do"),
        ("1,901,990001,143%,5%,104,104,105", "PTRWM_EXP: “143%” is not between 0% and 100%; correct it"),
        (
            "1,901,990001,60%,5%,abc,104,105",
            "READ_AVERAGE: “abc” is neither a number nor a mark of this table",
        ),
        ("1,901,990001,60%,5%,z,104,105", "READ_AVERAGE: “z” is neither a number nor a mark of this table"),
        ("1,901,,60%,5%,104,104,105", "line 3, URN: has no URN; add it"),
        ("1,901,99x,60%,5%,104,104,105", "line 3, URN: “99x” is not a URN; correct it"),
        ("1,901,123456,60%,5%,104,104,105", "URN 123456 is not in your register; import the register first"),
        (
            '1,901,990001,"60%,5%,104,104,105',
            "line 3: a quotation mark is not closed; double it or take it away",
        ),
    ],
)
def test_an_unusable_row_is_left_out_with_its_line_column_and_reason(row: str, fault: str) -> None:
    table = ks2([GOOD, row, "1,901,990004,70%,9%,105,105,106"])
    assert len(table.faults) == 1
    assert fault in str(table.faults[0])
    assert "line 3" in str(table.faults[0])
    assert {one.urn for one in table.figures} == {990005, 990004}, "nothing of the row is used, others are"


def test_43_without_its_sign_is_43_percent_and_0_is_0() -> None:
    table = ks2([GOOD, "1,901,990001,43,0,104,104,105"])
    assert figure(table, 990001, "ks2_expected", "2024-25") == ("ok", "43")
    assert figure(table, 990001, "ks2_higher", "2024-25") == ("ok", "0")


def test_two_different_rows_of_a_urn_are_both_left_out_and_equal_ones_count_once() -> None:
    table = ks2([GOOD, "1,901,990001,60%,5%,104,104,105", "1,901,990001,61%,5%,104,104,105", GOOD])
    assert [str(fault) for fault in table.faults] == [
        "line 3, URN: URN 990001 is also in line 4 with other figures; keep one of them",
        "line 4, URN: URN 990001 is also in line 3 with other figures; keep one of them",
    ]
    assert {one.urn for one in table.figures} == {990005}


def test_a_changed_heading_is_named_with_the_one_that_may_be_meant() -> None:
    table = ks2([GOOD], HEADING.replace("READ_AVERAGE", "READ_AVERAGES"))
    assert (
        "There is no column READ_AVERAGE. If it is called READ_AVERAGES now, change the heading of "
        "Reading: average scaled score in the settings." in table.notes
    )


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("letters.csv", b"A,B\n1,2\n", "is not a table that Alongside knows. Its headings begin with A, B"),
        ("ks2final_2024-25.csv", b"", "is empty. Download it again"),
        ("ks2final_2024-25.csv", b"URN;PTRWM_EXP;X\n1;2;3\n", "has semicolons between its columns"),
        ("ks2final_2024-25.pdf", b"%PDF-1.7 ...", "must be a CSV or XLSX file"),
        ("ks2final.csv", f"{HEADING}\n{GOOD}\n".encode(), "does not say its academic year. Choose the year"),
        (
            "ks2final_2024-25.csv",
            f"{HEADING}\n{GOOD.replace('901', '902')}\n".encode(),
            "has 1 row, but none of authority 901 for 2024-25. Download the table of your authority",
        ),
        (
            "ks2final_2024-25.csv",
            f"{HEADING},URN\n{GOOD},1\n".encode(),
            "has the column URN twice. Download it again",
        ),
    ],
)
def test_a_file_that_is_not_the_table_is_refused_as_a_whole(name: str, body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read(name, body)
    assert reason in str(refused.value)


def test_a_file_of_another_year_or_release_than_chosen_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="is of 2024-25, not of 2023-24"):
        read("2024-2025_901_ks2final.csv", year="2023-24")
    with pytest.raises(UnreadableTable, match="is the final release, not the provisional one"):
        read("2024-2025_901_ks2final.csv", release="provisional")


def test_progress_is_left_out_for_a_year_in_which_it_is_not_published() -> None:
    heading = f"{HEADING},READPROG"
    table = ks2([f"{GOOD},1.5"], heading)
    assert "ks2_reading_progress" not in {one.measure for one in table.figures}
    assert (
        "Reading: progress from key stage 1 was left out. By the settings it is not published for 2024-25."
        in table.notes
    )


def test_a_pound_sign_in_the_wrong_encoding_is_still_money() -> None:
    heading = (
        "URN,LA,Number of pupils on roll (7),"
        "Total number of pupils eligible for the Deprivation Pupil Premium,"
        "Total allocation for the Deprivation Pupil Premium"
    )
    body = f'{heading}\n990001,901,300,114,"ï¿½153,330"\n990002,901,200,0,£0\n'.encode()
    table = read("allocations_2021-22.csv", body)
    (money,) = [one for one in table.figures if (one.urn, one.measure) == (990001, "pupil_premium")]
    assert money.content.value == Decimal(153330)
    assert figure(table, 990002, "pupil_premium", "2021-22") == ("ok", "0")
