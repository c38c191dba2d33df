"""The result of a consultation: numbers by question and choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.consultations.queries import QuestionRow


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """A question with how many schools gave each answer; none for a question with free text."""

    question: QuestionRow
    counts: Sequence[tuple[str, int]]


def results_of(
    questions: Sequence[QuestionRow], counts: Mapping[str, Mapping[str, int]]
) -> list[QuestionResult]:
    """Return the result of each question; a choice that no school made counts 0."""
    return [
        QuestionResult(one, [(choice, counts.get(str(one.id), {}).get(choice, 0)) for choice in one.choices])
        for one in questions
    ]
