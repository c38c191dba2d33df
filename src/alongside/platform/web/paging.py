"""Pagination of long lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

Row = TypeVar("Row")
PAGE_SIZE = 25
"""Rows of a list on one page by default."""


@dataclass(frozen=True, slots=True)
class RowsOnPage(Generic[Row]):
    """One page of a list: its rows, the total, and the addresses of the previous and the next page (None at an end)."""

    rows: Sequence[Row]
    total: int
    first: int
    previous: str | None
    following: str | None

    @property
    def label(self) -> str:
        """Return the range of the rows, like “26 to 50 of 585”."""
        return f"{self.first} to {self.first + len(self.rows) - 1} of {self.total}"


@dataclass(frozen=True, slots=True)
class Pager:
    """Paginates the lists of one response; every list has a parameter of its own in the address."""

    path: str
    query: Sequence[tuple[str, str]]

    def __call__(
        self,
        rows: Iterable[Row],
        name: str = "page",
        size: int = PAGE_SIZE,
        path: str | None = None,
        anchor: str = "",
    ) -> RowsOnPage[Row]:
        """Return the page of these rows that the address asks for, or the last one if there are fewer pages.

        `name` is the parameter of this list, `size` the rows on a page, `path` the address of the list if it is not
        that of the request, `anchor` the id of the heading to return to.
        """
        every = list(rows)
        last = max(1, -(-len(every) // size))
        number = min(self._number(name), last)
        where = (path or self.path, name, anchor)
        return RowsOnPage(
            rows=every[(number - 1) * size : number * size],
            total=len(every),
            first=(number - 1) * size + 1,
            previous=self._address(*where, number - 1) if number > 1 else None,
            following=self._address(*where, number + 1) if number < last else None,
        )

    def _number(self, name: str) -> int:
        text = dict(self.query).get(name, "")
        return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 5 else 1

    def _address(self, path: str, name: str, anchor: str, number: int) -> str:
        kept = [(key, value) for key, value in self.query if key != name]
        query = urlencode([*kept, (name, str(number))] if number > 1 else kept)
        return path + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def number_of_page(text: str) -> int:
    """The requested page number, 1 to 1,000; 1 for any other value."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 3 else 1
