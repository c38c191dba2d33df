"""Any bytes give a register or one error, and the order of rows does not matter (property tests)."""

import contextlib
import random
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alongside.features.schools import gias_cells
from alongside.features.schools.columns import COLUMNS
from alongside.features.schools.gias import read_register
from alongside.features.schools.gias_links import read_links
from alongside.features.schools.upload_source import UnreadableFile
from tests.features.schools.extract import HAMPSHIRE, SAMPLE, as_csv, read_text, sample_rows

FOLDER = Path(tempfile.mkdtemp(prefix="alongside-registers-"))
HEADING, *LINES = SAMPLE.read_bytes().splitlines(keepends=True)
SMALL = [line for line in LINES if b",850," in line][:6]


def read_bytes(content: bytes) -> None:
    file = FOLDER / "edubasealldata.csv"
    file.write_bytes(content)
    for read in (lambda: read_register(file, HAMPSHIRE), lambda: read_links(file)):
        with contextlib.suppress(UnreadableFile):
            read()


@given(st.binary(max_size=2000))
@example(b"\x1f\x8b\x08")
@example(b"\xef\xbb\xbf")
@settings(deadline=None)
def test_arbitrary_bytes_are_a_register_or_one_plain_error(content: bytes) -> None:
    read_bytes(content)


@given(st.binary(max_size=300), st.integers(0, 6), st.integers(0, 400))
@settings(deadline=None)
def test_a_register_with_bytes_thrown_in_is_read_or_refused(content: bytes, line: int, place: int) -> None:
    body = [*SMALL]
    body.insert(line, content)
    whole = HEADING + b"".join(body)
    read_bytes(whole)
    read_bytes(whole[: len(HEADING) + place] + content + whole[len(HEADING) + place :])


@given(st.text(max_size=60), st.sampled_from(COLUMNS))
@settings(deadline=None, max_examples=300)
def test_a_cell_is_read_or_says_what_to_do(cell: str, column: object) -> None:
    with contextlib.suppress(gias_cells.BadCell):
        column.read(cell)  # type: ignore[attr-defined]


@given(st.one_of(st.text(max_size=60), st.from_regex(r"(javascript|data|HTTP|https|file):/*[a-z.@:/<\"']+")))
@example("javascript:alert(1)//http://a.example")
@example("http://user@evil.example/")
@example("WWW.school.example/")
def test_only_addresses_that_are_safe_to_link_to_are_kept(cell: str) -> None:
    kept = gias_cells.website(cell)
    if kept is not None:
        parts = urlsplit(kept)
        assert kept.startswith(("http://", "https://"))
        assert parts.hostname
        assert "." in parts.hostname
        assert parts.username is None
        assert not set(kept) & set("<>\"'` \n\\")


@given(st.integers())
@settings(max_examples=5, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    heading, *rows = sample_rows()
    random.Random(seed).shuffle(rows)
    mixed = read_text(FOLDER, as_csv([heading, *rows]), HAMPSHIRE)
    plain = read_register(SAMPLE, HAMPSHIRE)
    assert (mixed.schools, mixed.links) == (plain.schools, plain.links)
