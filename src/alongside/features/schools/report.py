"""The change report for the terminal and as a CSV file."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alongside.features.schools.changes import Change, ChangeReport
from alongside.features.schools.columns import LABELS
from alongside.features.schools.gias import Register
from alongside.features.schools.history import CHANGE_KINDS

SHOWN = 12
"""Lines of each kind shown on a terminal; the file has them all."""

HEADINGS = ("what", "URN", "school", "other URN", "field", "before", "after", "line", "column", "reason")


def label_of_field(field: str | None) -> str:
    """The label of a school's field."""
    return "linked schools" if field == "links" else LABELS.get(field or "", field or "")


def print_report(console: Console, register: Register, report: ChangeReport) -> None:
    """Print the counts per kind of change, the first schools of each kind, and the rows that were left out."""
    table = Table(title=f"{register.file_name}, authority {register.la_code}", title_justify="left")
    table.add_column("What would change")
    table.add_column("Schools", justify="right")
    for kind, count in report.counts.items():
        if count:
            table.add_row(CHANGE_KINDS[kind], f"{count:,}")
    table.add_row("Unchanged", f"{report.unchanged:,}")
    if report.missing:
        row_result = (
            "they stay open, see below" if report.missing_stay_open else "they count as closed from now on"
        )
        table.add_row(f"Open schools that the file lacks: {row_result}", f"{len(report.missing):,}")
    unread = len({fault.line for fault in register.faults})
    table.add_row("Rows left out because they cannot be read", f"{unread:,}")
    if register.not_schools:
        table.add_row("Children’s centres and universities passed over", f"{register.not_schools:,}")
    console.print(table)
    for kind in CHANGE_KINDS:
        changes = [change for change in report.changes if change.kind == kind]
        if kind == "added" and len(changes) > SHOWN:
            continue
        _print_first(console, [_line(change) for change in changes])
    _print_first(console, [f"Left out, {fault}" for fault in register.faults])
    if report.missing_stay_open:
        console.print(
            f"{len(report.missing):,} open schools are not in the file, but a row without a readable URN may be one "
            "of them. They stay open. Correct those rows and import the file again.",
            style="yellow",
            highlight=False,
        )


def _print_first(console: Console, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        console.print(escape(line), highlight=False, soft_wrap=True)
    if len(lines) > SHOWN:
        console.print(f"… and {len(lines) - SHOWN:,} more (--report FILE writes them all)", highlight=False)


def _line(change: Change) -> str:
    head = f"{CHANGE_KINDS[change.kind]}: {change.urn} {change.name}"
    if change.field is not None:
        before, after = change.old or "nothing", change.new or "nothing"
        return f"{head}: {label_of_field(change.field)}, {before} → {after}"
    if change.other_urn is None:
        return head
    return f"{head} ({'carried on as' if change.kind in ('closed', 'merged') else 'was'} {change.other_urn})"


def write_report(
    path: Path, register: Register, report: ChangeReport, more: Iterable[list[str]] = ()
) -> None:
    """Write every change, `more` rows and every row left out as a CSV file that a spreadsheet opens as it is."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADINGS)
        rows.writerows([_escape_formula(cell) for cell in row] for row in (*_rows(register, report), *more))


def _rows(register: Register, report: ChangeReport) -> Iterator[list[str]]:
    for change in report.changes:
        yield [
            CHANGE_KINDS[change.kind],
            str(change.urn),
            change.name,
            str(change.other_urn or ""),
            label_of_field(change.field),
            change.old or "",
            change.new or "",
            "",
            "",
            "",
        ]
    for fault in register.faults:
        urn = str(fault.urn or "")
        yield ["Left out", urn, "", "", "", "", "", str(fault.line), fault.column or "", fault.reason]


def _escape_formula(cell: str) -> str:
    """Escape a cell so that a spreadsheet does not treat it as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
