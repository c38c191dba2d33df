"""Methods: what is refused, each with its sentence, and that a stored method is read as it was written."""

import json
from decimal import Decimal

import pytest

from alongside.features.profiles.method import (
    ContextRule,
    MeasureRule,
    MethodInvalid,
    Threshold,
    check_method,
    method_from,
    method_json,
)
from tests.features.profiles.builders import CATEGORIES, a_method

KNOWN = ("rwm", "reading", "absent", "pupils", "free_meals")
ZERO = Decimal(0)
REFUSED = [
    ({"measures": (MeasureRule("rwm", "percent", "higher", ZERO),)}, "must add up to more than 0"),
    ({"measures": (MeasureRule("shoe_size", "percent", "higher", Decimal(1)),)}, "no measure shoe_size"),
    ({"measures": (MeasureRule("reading", "score", "higher", Decimal(1)),)}, "spread of pupils’ scores"),
    ({"measures": (MeasureRule("rwm", "percent", "higher", Decimal(1)),) * 2}, "once only"),
    ({"measures": (MeasureRule("rwm", "percent", "higher", Decimal(-1)),)}, "must be 0 or more"),
    ({"context": (ContextRule("pupils", ZERO),)}, "context measures must add up"),
    ({"comparators": {"national": ZERO}}, "comparisons must be 0 or more"),
    ({"thresholds": (Threshold("excellent"),)}, "no category excellent"),
    (
        {
            "thresholds": (
                Threshold("universal", Decimal(-1)),
                Threshold("targeted", ZERO),
                Threshold("intensive"),
            )
        },
        "must go down",
    ),
    ({"thresholds": (Threshold("universal"), Threshold("targeted"))}, "needs a least result"),
    ({"minimum_cohort": 3}, "6 pupils or more"),
    ({"years_pooled": 4}, "one, two or three years"),
]


def test_the_example_is_accepted_and_kept_exactly() -> None:
    """A method read back from its stored form is the same, to the last digit of its weights."""
    method = a_method()
    check_method(method, KNOWN, CATEGORIES)
    assert method_from(json.loads(method_json(method))) == method


@pytest.mark.parametrize(("changes", "sentence"), REFUSED)
def test_a_method_that_cannot_work_is_refused(changes: dict[str, object], sentence: str) -> None:
    """Each fault gets a sentence that says what to do."""
    with pytest.raises(MethodInvalid) as problem:
        check_method(a_method(**changes), KNOWN, CATEGORIES)
    assert any(sentence in one for one in problem.value.args)


def test_a_content_of_another_shape_is_refused() -> None:
    """A misspelt rule is not ignored."""
    with pytest.raises(MethodInvalid, match="cannot be read"):
        method_from({"phase": "primary", "measurs": []})
