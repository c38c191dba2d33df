"""The register after somebody opened and saved it in Excel, and with stray quotation marks between two rows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from alongside.features.schools.gias import read_register
from alongside.features.schools.gias_cells import BadCell, day
from tests.features.schools.extract import (
    HAMPSHIRE,
    SAMPLE,
    SURREY,
    as_csv,
    read_text,
    register_text,
    sample_rows,
    school,
)

DAY = re.compile(r"(\d\d)-(\d\d)-(\d{4})")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
@pytest.mark.parametrize("la_code", [HAMPSHIRE, SURREY])
def test_what_excel_saves_is_the_same_register(tmp_path: Path, encoding: str, la_code: int) -> None:
    """Days with slashes, and every row as long as the longest one."""
    rows = [[DAY.sub(r"\1/\2/\3", cell) for cell in row] for row in sample_rows()]
    width = max(map(len, rows))
    saved = as_csv([row + [""] * (width - len(row)) for row in rows])
    register, original = read_text(tmp_path, saved, la_code, encoding), read_register(SAMPLE, la_code)
    assert register.faults == [] and len(register.schools) > 30
    alike = replace(register, file_name=original.file_name, sha256=original.sha256, as_at=original.as_at)
    assert alike == original


@pytest.mark.parametrize("written", ["31/08/2024", "31-08-2024", "31/08/2024 00:00", "31/08/2024 0:00:00"])
def test_a_day_is_read_as_the_dfe_and_as_excel_write_it(written: str) -> None:
    found = day(written)
    assert found is not None and found.isoformat() == "2024-08-31"


@pytest.mark.parametrize("written", ["08/31/2024", "8/31/2024", "31/08-2024", "1/9/2024", "31/08/2024 10:30"])
def test_a_day_that_may_be_another_day_is_refused(written: str) -> None:
    """Excel in the United States writes months first and without zeros."""
    with pytest.raises(BadCell, match="not a date"):
        day(written)


@pytest.mark.parametrize("between", [0, 1, 3])
@pytest.mark.parametrize("la", ["901", "880"])
def test_two_stray_quotation_marks_swallow_no_row(tmp_path: Path, between: int, la: str) -> None:
    """One before a cell and one after the same cell of a later row: the cells match, but a school would be lost."""
    schools = [school(990101 + number, Postcode="WN1 1OO") for number in range(8)]
    schools[2] = schools[2] | {"LA (code)": la}
    lines = register_text(*schools).splitlines()
    first, last = 3, 4 + between
    lines[first] = lines[first].replace(",WN1 1OO,", ',"WN1 1OO,')
    lines[last] = lines[last].replace(",WN1 1OO,", ',WN1 1OO",')
    register = read_text(tmp_path, "\r\n".join([*lines, ""]))
    lost = {990103}
    assert set(register.schools) == {990101 + number for number in range(8)} - lost
    assert [fault.urn for fault in register.faults] == ([990103] if la == "901" else [])
    assert all("quotation mark" in fault.reason for fault in register.faults)
