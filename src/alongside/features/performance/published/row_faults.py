"""Why a row of a table cannot be used, whatever its figures say."""

from alongside.features.performance.published.areas import SCHOOL, Area
from alongside.features.performance.published.columns import Columns
from alongside.features.performance.published.content import Fault, Question
from alongside.features.performance.published.sheets import SheetRow
from alongside.features.performance.published.tables import Layout

NOT_CLOSED = "a quotation mark is not closed; double it or take it away"


def urn_of(cell: str) -> int | None:
    """Return the URN in a cell; None if it holds none. Excel may write it as 106399.0."""
    digits = cell.strip().removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None


def fault_of_row(
    row: SheetRow, columns: Columns, layout: Layout, area: Area, urn: int | None, question: Question
) -> Fault | None:
    """Return the fault of a row: its quotation marks, its number of cells, or its URN; None for a sound one."""
    cells, width = row.cells, len(columns.names)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if not row.whole:
        return Fault(row.line, None, NOT_CLOSED, urn)
    if len(cells) != width:
        return Fault(
            row.line, None, f"has {len(cells)} cells, not {width}; a comma is missing or one too many", urn
        )
    return fault_of_urn(row, columns, layout.urn, urn, question) if area.level == SCHOOL else None


def fault_of_urn(
    row: SheetRow, columns: Columns, heading: str, urn: int | None, question: Question
) -> Fault | None:
    """Return the fault of a row without a URN of the authority; None for a sound one."""
    if urn is None:
        text = columns.cell(row, heading)
        reason = f"“{text[:20]}” is not a URN; correct it" if text else "has no URN; add it"
        return Fault(row.line, columns.heading(heading), reason)
    if urn not in question.schools:
        reason = f"URN {urn} is not in your register; import the register first, or correct the URN"
        return Fault(row.line, columns.heading(heading), reason, urn)
    return None
