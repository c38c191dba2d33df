"""The records of a CSV file with the line each begins on; one damaged line costs itself and no other."""

import csv
from collections import deque
from collections.abc import Iterator

from alongside.features.schools.upload_source import UnreadableFile

LONGEST_RECORD = 8
"""Lines that one record may span: an address may hold a line break; more is a quotation mark left open."""

Record = tuple[int, list[str], bool]


class _LeftOpen(Exception):
    """A record goes on for too many lines."""


class _Lines:
    """Lines one by one, keeping those of the present record so that they can be read again."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.number = 0
        self.record: list[str] = []
        self.again: deque[str] = deque()
        self.digits: str | None = None
        self.commas = 0
        self.passed_over = 0
        self.passed_over_last = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= LONGEST_RECORD:
            raise _LeftOpen
        line = self.again.popleft() if self.again else self._next_that_counts()
        self.number += 1
        self.record.append(line)
        return line

    def _next_that_counts(self) -> str:
        line = next(self.source)
        if self.record or self.digits is None:
            return line
        while self.digits not in line and line.count(",") >= self.commas and line.count('"') % 2 == 0:
            self.number += 1
            self.passed_over += 1
            self.passed_over_last = self.number
            line = next(self.source)
        return line

    def give_back_all_but_first(self) -> str:
        """Let the lines after the first of this record be read again; gives the first."""
        first, *others = self.record
        self.again.extendleft(reversed(others))
        self.number -= len(others)
        return first


class Records:
    """The records of a file that are not blank: (line, cells, whole).

    A record whose quotation marks do not match has `whole` False and the cells of its first line as far as
    they can be told apart.
    """

    def __init__(self, source: Iterator[str]) -> None:
        """Read from these lines."""
        self._lines = _Lines(source)
        self._reader = csv.reader(self._lines, strict=True)
        self._commas: int | None = None

    def pass_over_lines_without(self, digits: str, commas: int) -> None:
        """From now on skip whole lines that cannot concern us: enough commas and nowhere these digits.

        Nineteen in twenty lines of the national register then need not be taken apart.
        """
        self._lines.digits, self._lines.commas = digits, commas

    @property
    def passed_over(self) -> int:
        """How many lines were skipped."""
        return self._lines.passed_over

    @property
    def last_line_was_passed_over(self) -> bool:
        """Whether the line read last was skipped, and so was whole."""
        return self._lines.passed_over_last == self._lines.number > 0

    def __iter__(self) -> Iterator[Record]:
        """Go on reading."""
        return self

    def __next__(self) -> Record:
        """The next record that is not blank."""
        lines = self._lines
        while True:
            lines.record.clear()
            try:
                cells = next(self._reader)
            except (csv.Error, _LeftOpen):
                first = lines.give_back_all_but_first()
                return lines.number, _leniently(first), False
            if self._commas is None and cells:
                self._commas = max(1, len(cells) - 1)
            elif self._swallowed():
                first = lines.give_back_all_but_first()
                return lines.number, _leniently(first), False
            if cells:
                return lines.number - len(lines.record) + 1, cells, True

    def _swallowed(self) -> bool:
        """Whether a later line of this record is a record of its own, between two stray quotation marks.

        Such a record has the right number of cells, the first of one school and the last of another.
        """
        return self._commas is not None and any(
            line.count(",") >= self._commas for line in self._lines.record[1:]
        )


def _leniently(line: str) -> list[str]:
    """The cells of one line, quotation marks taken as ordinary letters."""
    if len(line) > csv.field_size_limit():
        raise UnreadableFile("The file has a line of more than 100,000 characters. Download it again.")
    return next(csv.reader([line.replace("\r", "").replace("\n", "")], quoting=csv.QUOTE_NONE), [])
