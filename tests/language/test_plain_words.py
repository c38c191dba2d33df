"""No sentence is longer than 25 words, and every page can be read at a reading age of about 14.

The grade is Flesch and Kincaid's, by textstat. Short labels are left out, since they would lower it.
"""

from collections import defaultdict

import textstat

from tests.language.own_text import VALUE, all_text, words_in

LONGEST_SENTENCE = 25
HIGHEST_GRADE = 9
LABEL = 3
"""A text of so many words is a label."""

ENOUGH = 30
"""With fewer words than this in all its sentences, the grade of a page says nothing."""


def test_no_sentence_has_more_than_25_words() -> None:
    found = [
        (text.place, one) for text in all_text() for one in text.sentences if words_in(one) > LONGEST_SENTENCE
    ]
    assert not found


def test_every_page_can_be_read_at_the_age_of_fourteen() -> None:
    sentences: defaultdict[str, list[str]] = defaultdict(list)
    for text in all_text():
        sentences[text.place] += [one for one in text.sentences if words_in(one) > LABEL]
    grades = {
        place: textstat.flesch_kincaid_grade(" ".join(one.rstrip(".") + "." for one in found))
        for place, found in sentences.items()
        if sum(map(words_in, found)) >= ENOUGH
    }
    assert len(grades) > 100
    assert {place: grade for place, grade in grades.items() if grade > HIGHEST_GRADE} == {}


def test_a_long_sentence_and_a_learned_one_are_noticed() -> None:
    """The measure itself: this is what the two tests above would report."""
    learned = (
        "Notwithstanding considerable administrative complexity, accountability necessitates documentation."
    )
    assert textstat.flesch_kincaid_grade(learned) > HIGHEST_GRADE
    assert words_in(f"{VALUE} days are left for St Mary’s, which gave 2.5 of its 10 days.") == 14
