"""The pages that `make bench` measures: who requests what, and in which databases."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER, Persona

BOARD = "/needs-and-offers?" + urlencode(
    {"kind": "need", "theme": "mathematics", "phase": "primary", "sort": "newest"}
)


@dataclass(frozen=True)
class Page:
    """One row of the table; `smaller` is the database against which its growth is measured."""

    name: str
    who: Persona | None
    path: str
    database: str
    smaller: str | None = None
    form: Callable[[], dict[str, Any]] | None = None
    only_in_full: bool = False

    def path_with(self, ids: dict[str, Any]) -> str:
        """Its path with the ids of one database."""
        return self.path.format(**ids)


def new_need() -> dict[str, Any]:
    """The form of a need, though the school has another one on its theme.

    Each has a title of its own: the same form within ten minutes is asked about instead of saved.
    """
    return need(checked_second="y", title=f"Fluency in Year 3 and 4, {next(_NUMBERS)}")


_NUMBERS = count(1)
LARGE: dict[str, Any] = {"database": "large_country", "smaller": "large_alone"}
DIRECTORY: dict[str, Any] = {"database": "directory_100k", "smaller": "directory_1k"}
LARGEST = HEAD_OF_MILL.twin

PAGES = (
    Page("Needs and offers, three filters", HEAD_OF_MILL, BOARD, "country", "alone"),
    Page("Needs and offers, no filter", HEAD_OF_MILL, "/needs-and-offers", "country", "alone", only_in_full=True),
    Page("Needs and offers, largest authority", LARGEST, BOARD, "country", only_in_full=True),
    Page("Headteacher’s home", HEAD_OF_MILL, "/home", **LARGE),
    Page("Lead’s consortium page", LEAD_OF_NORTH, "/consortium", **LARGE),
    Page("Officer’s tracker", OFFICER, "/consortium", **LARGE),
    Page("Escalation", OFFICER, "/escalations/{escalation_id}", **LARGE),
    Page("New need", HEAD_OF_MILL, "/needs/new", **LARGE),
    Page("Posting a need", HEAD_OF_MILL, "/needs", form=new_need, **LARGE),
    Page("Search over everything, two words", HEAD_OF_MILL, "/search?q=phonics+parents", **LARGE),
    Page("Search over everything, largest directory", HEAD_OF_MILL, "/search?q=phonics+parents", **DIRECTORY, only_in_full=True),
    Page("Public entry", None, "/good-practice/{public_id}", **LARGE),
    Page("Directory search, two words", HEAD_OF_MILL, "/directory?q=phonics+parents", **DIRECTORY),
    Page("Directory search, largest authority", LARGEST, "/directory?q=phonics+parents", **DIRECTORY, only_in_full=True),
    Page("Directory without words", HEAD_OF_MILL, "/directory", **DIRECTORY, only_in_full=True),
)  # fmt: skip
"""Growth of the directory is from 1,000 to 100,000 entries, of the others from 1 to 152 authorities."""
