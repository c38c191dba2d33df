"""PDFs: text is printed and never run; each page has its number; headings are tagged for screen readers."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from alongside.platform.web import pdf as press
from alongside.platform.web.pdf import pdf
from alongside.settings import bundled

PAPER = """
#import "/_layout/paper.typ": facts, paper, written
#let values = json(bytes(sys.inputs.values))
#show: paper.with(values)
== What was written
#for words in values.words { written(words) }
#facts(values.facts)
"""
HOSTILE = [
    '#read("/etc/passwd") and $1 + 1$ and `code` and <label> and @reference',
    '\\" #panic("out") ] } ) = heading',
    "Line one\nline two\n\nA second paragraph",
    "{{ 7 * 7 }} {% raw %}",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Templates for this test, with the product's layout."""
    (tmp_path / "_layout").mkdir()
    (tmp_path / "_layout" / "paper.typ").write_text(
        (bundled("templates") / "_layout" / "paper.typ").read_text()
    )
    (tmp_path / "paper.typ").write_text(PAPER)
    monkeypatch.setattr(press, "bundled", lambda _: tmp_path)
    return tmp_path


def values(words: list[str]) -> dict[str, Any]:
    """Return the values of a PDF."""
    return {
        "title": "A paper",
        "authority": "Northshire",
        "colour": "#004a5c",
        "made": "Made by Ola Officer",
        "words": words,
        "facts": [["School", "Mill Primary School"]],
    }


async def read(words: list[str]) -> PdfReader:
    return PdfReader(io.BytesIO(await pdf("paper.typ", values(words))))


async def test_what_people_wrote_is_printed_as_it_stands(folder: Path) -> None:
    paper = await read(HOSTILE)
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for words in HOSTILE:
        assert " ".join(words.split()) in text
    assert "Page 1 of 1" in text
    assert "Mill Primary School" in text


async def test_a_paper_is_tagged_named_and_in_english(folder: Path) -> None:
    paper = await read(["plain"])
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"].lower().startswith("en")
    assert paper.metadata is not None
    assert paper.metadata.title == "A paper"
    assert "pdfuaid" in paper.xmp_metadata.rdf_root.toxml()  # type: ignore[union-attr]
    first, [second] = paper.outline
    assert (first.title, second.title) == ("A paper", "What was written")  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["A smile: \U0001f600", "漢字", "nothing\u0000there"])
async def test_a_character_that_no_font_has_keeps_nobody_from_the_paper(folder: Path, words: str) -> None:
    paper = await read([words, "and this"])
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "and this" in paper.pages[0].extract_text()


async def test_every_page_of_a_long_paper_says_which_of_how_many(folder: Path) -> None:
    paper = await read(["A paragraph of some length. " * 40] * 30)
    assert len(paper.pages) > 3
    for number, page in enumerate(paper.pages, start=1):
        assert f"Page {number} of {len(paper.pages)}" in page.extract_text()
