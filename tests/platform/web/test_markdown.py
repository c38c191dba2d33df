"""Markdown is rendered, and thousands of hostile documents give only harmless HTML."""

import html5lib
import pytest
from markupsafe import Markup

from alongside.platform.web.markdown import MOST_MARKS, TAGS, plain, rendered
from tests.features.directory.hostile import documents


def test_what_people_mean_is_shown() -> None:
    made = rendered(
        "# Why\n\nIt is **hard**, and *slow*:\n\n- one\n- two\n\n[More](https://fine.example/a?b=1&c=2)"
    )
    assert "<h3>Why</h3>" in made
    assert "<strong>hard</strong>" in made and "<em>slow</em>" in made and "<li>two</li>" in made
    assert 'href="https://fine.example/a?b=1&amp;c=2"' in made
    assert 'rel="nofollow noopener noreferrer"' in made


def test_a_table_and_code_are_shown() -> None:
    made = rendered("| Week | Loans |\n|---|---|\n| 1 | 40 |\n\n`KS2 = years 3 to 6`")
    assert "<td>40</td>" in made and "<code>KS2 = years 3 to 6</code>" in made


def test_thousands_of_hostile_documents_leave_only_what_is_allowed() -> None:
    """Parsed as a browser does: no element, attribute or address outside the allow-list."""
    hostile = documents()
    assert len(hostile) > 2000
    for text in hostile:
        page = html5lib.parseFragment(rendered(text), treebuilder="etree", namespaceHTMLElements=False)
        for one in page.iter():
            if not isinstance(one.tag, str) or one.tag == "DOCUMENT_FRAGMENT":
                continue
            assert one.tag in TAGS, (text, one.tag)
            allowed = {"a": {"href", "rel", "class"}, "ol": {"start"}}.get(one.tag, set())
            assert set(one.attrib) <= allowed, (text, one.attrib)
            if "href" in one.attrib:
                assert one.attrib["href"].lower().startswith(("https://", "http://", "mailto:")), text
                assert one.attrib["rel"] == "nofollow noopener noreferrer"


@pytest.mark.parametrize("mark", ["[", "*", "_", "`", "|", "<", "&", "[a](", "![", "**a", "a\n", "~"])
def test_a_text_made_of_marks_is_shown_as_it_stands(mark: str) -> None:
    """The parser, which would be slow, is not used."""
    text = mark * (MOST_MARKS + 1)
    assert rendered(text) == Markup("<p>{}</p>").format(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Why\n\n**Hard** and\nslow", "Why Hard and slow"),
        ("- one\n- two", "one two"),
        ("[More](https://fine.example)", "More"),
        ("a <b>c</b>", "a <b>c</b>"),
        ("word " * 100, "word word word…"),
    ],
)
def test_a_text_without_its_marks(text: str, said: str) -> None:
    assert plain(text, 20) == said
