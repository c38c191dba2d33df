"""Hostile and unusual workbooks and lists: parsed the same in every format, or refused at once."""

import io
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from alongside.features.authorities import settings_of
from alongside.features.directory.import_export.file_format import COLUMNS, cells_of, json_lines, pence_of
from alongside.features.directory.import_export.parsers import UnreadableFile, rows_in
from alongside.features.directory.import_export.row_results import NEW, ExistingEntries, validate_rows
from alongside.platform.uploads.workbook import sheet_rows
from alongside.platform.web.spreadsheet import as_csv, as_xlsx
from tests.personas import MILL, NORTHSHIRE

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def book(cells: str, strings: str = "", **parts: str) -> bytes:
    """A minimal workbook of one sheet with these cells and shared strings."""
    out = io.BytesIO()
    made = PARTS | {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (made | parts).items():
            packed.writestr(name, content)
    return out.getvalue()


def cell(place: str, text: str = "x") -> str:
    """A cell with an inline string."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


TITLED = f'<row r="1">{cell("A1", "title")}</row>'


def peak_of(body: bytes, folder: Path) -> tuple[str, float, int]:
    """Parse a workbook in a separate process: its output, seconds of the processor and the peak memory in MB."""
    file = folder / "a.xlsx"
    file.write_bytes(body)
    program = (
        "import sys, time\n"
        "from alongside.features.directory.import_export.parsers import rows_in\n"
        "try: print(len(rows_in('a.xlsx', open(sys.argv[1], 'rb').read())))\n"
        "except Exception as problem: print(problem)\n"
        "[peak] = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
        "print(int(peak.split()[1]) // 1024, time.process_time())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    said, used = done.stdout.splitlines()
    memory, seconds = used.split()
    return said, float(seconds), int(memory)


@pytest.mark.parametrize(
    ("body", "cure"),
    [
        pytest.param(
            lambda: book(TITLED, "<si><t>a</t></si>" * 9_000_000), "too large when it is unpacked", id="9 million strings"
        ),
        pytest.param(
            lambda: book(
                TITLED, "".join(f"<si><t>{n * 2654435761 % 2**32:x}</t></si>" for n in range(1_500_000))
            ),
            "more than 400,000 texts",
            id="strings that hardly pack",
        ),
        pytest.param(
            lambda: book(TITLED + f'<row r="1048576">{cell("XFD1048576")}</row>'), "beyond row", id="far cell"
        ),
        pytest.param(lambda: book(TITLED + cell("A1", "x") * 1_500_000), "too large when it is unpacked", id="many cells"),
        pytest.param(
            lambda: book("", **{"xl/workbook.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + PARTS["xl/workbook.xml"]}),
            "declares entities",
            id="entities",
        ),
    ],
)  # fmt: skip
def test_a_hostile_workbook_is_refused_quickly_and_in_little_memory(
    body: Any, cure: str, tmp_path: Path
) -> None:
    said, seconds, memory = peak_of(body(), tmp_path)
    assert cure in said
    assert seconds < 60 and memory < 250, (seconds, memory)


def test_a_part_that_is_larger_than_it_declares_is_refused() -> None:
    """The sizes declared in an archive are untrusted and are compared with the unpacked bytes."""
    honest = book(TITLED, "<si><t>a</t></si>" * 100_000)
    real = len(f'<sst xmlns="{MAIN}"></sst>') + 17 * 100_000
    lying = honest.replace(real.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(ValueError, match="damaged"):
        sheet_rows(lying)


def test_an_honest_workbook_of_five_thousand_rows_is_read(tmp_path: Path) -> None:
    rows = [[f"Entry {number}", "We read. " * 60] for number in range(4_999)]
    said, _, memory = peak_of(as_xlsx("Good practice", ["title", "what_we_did"], rows), tmp_path)
    assert said == "4999" and memory < 250


@pytest.mark.parametrize(
    ("written", "pence"),
    [("12.5", 1250), ("12.50", 1250), ("12", 1200), ("1,234.5", 123450), ("12.345", None), ("0.1", 10)],
)
def test_money_is_the_same_from_every_format(written: str, pence: int | None) -> None:
    """A number in XLSX or JSON means the same as its text in CSV: 12.5 pounds are £12.50."""
    number = float(written.replace(",", ""))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for row, cells in enumerate((("title", "cost_pounds"), ("Reading", number))):
            sheet.write_row(row, 0, cells)
    read = [
        rows_in("a.xlsx", out.getvalue())[0]["cost_pounds"],
        rows_in("a.csv", f'title,cost_pounds\nReading,"{written}"\n'.encode())[0]["cost_pounds"],
        rows_in("a.jsonl", json.dumps({"title": "Reading", "cost_pounds": number}).encode())[0][
            "cost_pounds"
        ],
    ]
    for value in read:
        if pence is None:
            with pytest.raises(ValueError, match="pounds"):
                pence_of(value)
        else:
            assert pence_of(value) == pence, repr(value)


def test_numbers_of_a_workbook_have_no_traces_of_binary_arithmetic() -> None:
    cells = f'<row r="1">{cell("A1", "title")}</row><row r="2"><c r="A2"><v>12.299999999999999</v></c></row>'
    assert sheet_rows(book(cells))[1] == [Decimal("12.3")]
    cells = f'<row r="1">{cell("A1", "title")}</row><row r="2"><c r="A2"><v>990001</v></c></row>'
    assert str(sheet_rows(book(cells))[1][0]) == "990001"


HARD = "One\u2028two\u2029three\x85four _x000D_ five"


@pytest.mark.parametrize("kind", ["jsonl", "xlsx", "csv"])
def test_our_own_export_with_any_line_separator_comes_in_again(kind: str) -> None:
    row = dict.fromkeys(COLUMNS, "") | {"title": "Reading", "what_we_did": HARD, "school_urn": str(MILL)}
    if kind == "jsonl":
        body = json_lines([row, row])
        assert len(body.decode().splitlines()) == 2
    else:
        body = (as_csv if kind == "csv" else lambda *a: as_xlsx("a", *a))(COLUMNS, [cells_of(row)] * 2)
    first, second = rows_in(f"a.{kind}", body)
    assert first == second
    (row_result,), _ = validate_rows([first], settings_of(NORTHSHIRE), {MILL}, ExistingEntries(), {})
    assert row_result.what == NEW, row_result.remarks
    assert row_result.columns["what_we_did"] == HARD.replace("\x85", "\n")


def test_line_breaks_of_excel_and_word_are_line_breaks() -> None:
    cells = TITLED + f'<row r="2">{cell("A2", "One_x000D_&#10;two_x000B_three_x0001_")}</row>'
    [value] = rows_in("a.xlsx", book(cells))[0].values()
    (row_result,), _ = validate_rows(
        [{"title": "a", "what_we_did": value, "school_urn": MILL}],
        settings_of(NORTHSHIRE),
        {MILL},
        ExistingEntries(),
        {},
    )
    assert row_result.columns["what_we_did"] == "One\ntwo\nthree"


@pytest.mark.parametrize(
    "body",
    [
        b'title,problem\n"Reading,first\nWriting",second,third\n',
        b'title,problem\n"Reading"x,first\nWriting,second\n',
        b'title,problem\nReading,"first\nWriting,second\n',
    ],
)
def test_a_stray_quotation_mark_swallows_no_row(body: bytes) -> None:
    with pytest.raises(UnreadableFile, match="quotation mark"):
        rows_in("a.csv", body)
