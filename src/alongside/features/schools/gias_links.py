"""Predecessors and successors: from the extract's last column, or from the DfE's own file of links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alongside.features.schools import gias_cells
from alongside.features.schools.csv_records import Records
from alongside.features.schools.gias_cells import BadCell
from alongside.features.schools.upload_source import OnBytes, UnreadableFile, inspect, lines_of

NO_LINKS = "does not have links"
ONE_LINK = re.compile(r"([0-9]{5,7})\s+(\S.{0,100})", re.ASCII)
HEADINGS = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A link of the register: `other_urn` is a predecessor or successor; `link_type` is GIAS's term."""

    other_urn: int
    link_type: str
    other_name: str | None = None
    established_on: date | None = None

    @property
    def kind(self) -> str:
        """Predecessor, successor or other: “Successor - amalgamated” is a successor too."""
        first = self.link_type.partition(" ")[0].lower()
        return first if first in ("predecessor", "successor") else "other"


def looks_like_link(cell: str) -> bool:
    """Whether a cell past the last heading is a further link, or nothing."""
    return not cell.strip() or ONE_LINK.fullmatch(cell.strip()) is not None


def spilt_links(spilt: Sequence[str]) -> list[Link]:
    """The links of one row: “125007 Predecessor”, several separated by commas, unquoted ones over several cells.

    Raises BadCell for anything else.
    """
    links = set()
    for part in ",".join(spilt).split(","):
        words = part.strip()
        if not words or words.lower() == NO_LINKS or words.lower() in gias_cells.MISSING:
            continue
        found = ONE_LINK.fullmatch(words)
        if found is None:
            raise BadCell(f"“{words[:40]}” is not a link; write it as 125007 Predecessor")
        links.add(Link(int(found[1]), gias_cells.text(found[2]) or ""))
    return sorted(links)


def read_links(path: Path, on_bytes: OnBytes | None = None) -> dict[int, list[Link]]:
    """Every school's links from the DfE's file of links (`links_edubasealldata*.csv`).

    Rows that cannot be read are skipped, because links are optional.
    Raises UnreadableFile when the file is not the file of links.
    """
    source = inspect(path, on_bytes)
    found: dict[int, set[Link]] = {}
    with lines_of(source, on_bytes) as lines:
        rows = Records(lines)
        headings = [cell.strip() for cell in next(rows, (1, [], True))[1]]
        missing = [name for name in HEADINGS if name not in headings]
        if missing:
            raise UnreadableFile(
                f"{path.name} is not the file of links: it has no column {', '.join(missing)}. "
                "Download “Establishment links CSV” from Get Information About Schools."
            )
        places = [headings.index(name) for name in HEADINGS]
        for _, row, whole in rows:
            if whole and len(row) >= len(headings):
                _add_link(found, [row[place] for place in places])
    return {
        urn: sorted(links, key=lambda link: (link.other_urn, link.link_type)) for urn, links in found.items()
    }


def _add_link(found: dict[int, set[Link]], row: Sequence[str]) -> None:
    try:
        urn, other = gias_cells.whole(row[0], 1, 9_999_999), gias_cells.whole(row[1], 1, 9_999_999)
        link_type, name, since = gias_cells.text(row[3]), gias_cells.text(row[2]), gias_cells.day(row[4])
    except BadCell:
        return
    if urn is not None and other is not None and link_type:
        found.setdefault(urn, set()).add(Link(other, link_type, name, since))
