"""CSV records with their line numbers; a damaged line does not affect other records."""

import csv
from collections import deque
from collections.abc import Iterator

from alongside.features.schools.upload_source import UnreadableFile

LONGEST_RECORD = 8
"""Lines that one record may span: an address may hold a line break; more means an unclosed quotation mark."""

Record = tuple[int, list[str], bool]


class _LeftOpen(Exception):
    """A record spans too many lines."""


class _Lines:
    """Iterator over lines that remembers those of the current record, so that they can be read again."""

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
        """Push back all lines of this record but the first; returns the first."""
        first, *others = self.record
        self.again.extendleft(reversed(others))
        self.number -= len(others)
        return first


class Records:
    """The records of a file that are not blank: (line, cells, whole).

    A record with unbalanced quotation marks has `whole` False and the cells of its first line, parsed
    leniently.
    """

    def __init__(self, source: Iterator[str]) -> None:
        """Read from these lines."""
        self._lines = _Lines(source)
        self._reader = csv.reader(self._lines, strict=True)
        self._commas: int | None = None

    def pass_over_lines_without(self, digits: str, commas: int) -> None:
        """Skip complete lines that do not contain these digits, to save parsing them.

        This skips about nineteen in twenty lines of the national register.
        """
        self._lines.digits, self._lines.commas = digits, commas

    @property
    def passed_over(self) -> int:
        """How many lines were skipped."""
        return self._lines.passed_over

    @property
    def last_line_was_passed_over(self) -> bool:
        """Whether the last line was skipped, and so was complete."""
        return self._lines.passed_over_last == self._lines.number > 0

    def __iter__(self) -> Iterator[Record]:
        """Return the iterator."""
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
        """Whether a later line of this record is itself a record, between two stray quotation marks.

        Such a record has the right number of cells, the first of one school and the last of another.
        """
        return self._commas is not None and any(
            line.count(",") >= self._commas for line in self._lines.record[1:]
        )


def _leniently(line: str) -> list[str]:
    """The cells of one line, with quotation marks as ordinary characters."""
    if len(line) > csv.field_size_limit():
        raise UnreadableFile("The file has a line of more than 100,000 characters. Download it again.")
    return next(csv.reader([line.replace("\r", "").replace("\n", "")], quoting=csv.QUOTE_NONE), [])
