"""Highlighted search terms: everything around them is shown as escaped text."""

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from alongside.features.directory.search.highlighting import marked
from alongside.features.directory.search.query_parser import Vocabulary, parse_query, words_in
from alongside.features.directory.search.spelling import likeliest
from alongside.features.directory.search.statements import FROM, TO

PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "&lt;",
        "</mark>",
        "<mark>",
        FROM,
        TO,
        "**",
        "`",
        "[a](b)",
        "javascript:alert(1)",
        "\u202e",
        "word",
        " ",
        "\n- ",
        "'",
        '"',
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_marked_text_holds_no_element_but_mark(text: str) -> None:
    """For any mix of markers, tags and our own private-use characters."""
    page = BeautifulSoup(f"<p>{marked(text)}</p>", "html5lib")
    assert {one.name for one in page.body.find_all(True)} <= {"p", "mark"}  # type: ignore[union-attr]
    assert all(not one.attrs for one in page.find_all("mark"))
    assert FROM not in page.get_text() and TO not in page.get_text()


@given(st.text(max_size=300))
def test_whatever_is_typed_becomes_words_and_nothing_else(typed: str) -> None:
    """No text makes a search malformed: every part is a quoted word for to_tsquery."""
    words = words_in(typed)
    question = parse_query(
        words, {word: Vocabulary(stop=False, known=False, alike=("phonics",)) for word in words}
    )
    assert len(words) <= 24
    for part in question.parts:
        bare = part.text.replace("''", "").replace(" <-> ", "").removesuffix(":*")
        assert bare.startswith("'") and bare.endswith("'") and bare.count("'") % 2 == 0 and "\\" not in bare


def test_a_slip_leads_to_the_likeliest_word_and_a_short_word_to_none() -> None:
    """By letters and by sound; a word that is too far, or begins differently, is not suggested."""
    there = ("phonics", "fonts", "attendance", "dyslexia", "behaviour", "managers")
    for typed, meant in (
        ("fonics", "phonics"),
        ("atendance", "attendance"),
        ("dislexia", "dyslexia"),
        ("behavour", "behaviour"),
    ):
        assert likeliest(typed, there)[:1] == (meant,)
    assert likeliest("teenagers", there) == () and likeliest("font", there) == ()
