"""The records of a CSV file with the line each begins on; one damaged line costs itself and no other."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from alongside.schools.source import UnreadableFile

LONGEST_RECORD = 8
"""Lines that one record may span: an address may hold a line break; more is a quotation mark left open."""


class _LeftOpen(Exception):  # noqa: N818
    """A record goes on for too many lines."""


@dataclass(slots=True)
class _Lines:
    """Lines one by one, keeping those of the present record so that they can be read again."""

    source: Iterator[str]
    number: int = 0
    record: list[str] = field(default_factory=list)
    again: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= LONGEST_RECORD:
            raise _LeftOpen
        line = self.again.popleft() if self.again else next(self.source)
        self.number += 1
        self.record.append(line)
        return line

    def give_back_all_but_first(self) -> str:
        """Let the lines after the first of this record be read again; gives the first."""
        first, *others = self.record
        self.again.extendleft(reversed(others))
        self.number -= len(others)
        return first


def records(source: Iterator[str]) -> Iterator[tuple[int, list[str], bool]]:
    """(line, cells, whole) of each record that is not blank.

    A record whose quotation marks do not match has `whole` False and the cells of its first line as far as
    they can be told apart.
    """
    lines = _Lines(source)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _LeftOpen):
            first = lines.give_back_all_but_first()
            yield lines.number, _leniently(first), False
        else:
            if cells:
                yield lines.number - len(lines.record) + 1, cells, True


def _leniently(line: str) -> list[str]:
    """The cells of one line, quotation marks taken as ordinary letters."""
    if len(line) > csv.field_size_limit():
        raise UnreadableFile("The file has a line of more than 100,000 characters. Download it again.")
    return next(csv.reader([line.replace("\r", "").replace("\n", "")], quoting=csv.QUOTE_NONE), [])
