"""The words of a profile: verdicts, directions, the headline, and why a category is or is not proposed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from alongside.features.profiles.results import Outputs
from alongside.platform.web.formatting import format_count, format_money

VERDICTS = {
    "much_better": "Much better",
    "better": "Better",
    "close": "About the same",
    "worse": "Lower",
    "much_worse": "Much lower",
    "too_few": "Too few pupils to say",
    "missing": "No figure",
    "not_published": "Not published nationally",
    "not_available": "Not available",
}
DIRECTIONS = {
    "improving": "Improving",
    "unchanged": "Unchanged",
    "deteriorating": "Deteriorating",
    "too_few": "Too few pupils or years to say",
}
COMPARATORS = {"national": "England", "authority": "Local authority", "similar": "Similar schools"}
STATUSES = {
    "suppressed": "Suppressed",
    "not_applicable": "Not applicable",
    "not_available": "Not available",
    "low_coverage": "Low coverage",
    "unreliable": "Unreliable",
    "not_published": "Not published nationally",
}
DIGITS = {"percent": 1, "score": 2, "ratio": 1, "count": 0, "pounds": 0}
"""Decimal places of each unit on a page. Values are rounded here and nowhere before."""


def figure(value: Decimal | None, unit: str, status: str = "ok") -> str:
    """Return a figure as people read it; its status where there is no value."""
    if value is None:
        return STATUSES.get(status, "Not available")
    number = f"{value:,.{DIGITS[unit]}f}"
    if unit == "pounds":
        return format_money(int(value) * 100)
    return f"{number}%" if unit == "percent" else number


def interval(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Return an interval as people read it; empty without one."""
    return "" if low is None or high is None else f"{figure(low, unit)} to {figure(high, unit)}"


def headline(outputs: Outputs) -> str:
    """Return one sentence that says how the school did and in which direction it moves."""
    judged = [one for one in outputs.measures if one.points is not None]
    if not judged:
        return "There are too few figures or pupils to say how results compare."
    better, lower, many = len(outputs.strengths), len(outputs.concerns), len(judged)
    if better or lower:
        said = f"Of {format_count(many, 'measure')}, {_are(better)} better than elsewhere and {_are(lower)} lower"
    else:
        said = f"Results are about the same as elsewhere on {format_count(many, 'measure')}"
    travel = {
        "improving": ", and the school is improving.",
        "unchanged": ", and results are stable.",
        "deteriorating": ", and results are falling.",
    }
    return said + travel.get(outputs.direction, ".")


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def proposal_reasons(outputs: Outputs, labels: Mapping[str, str]) -> list[str]:
    """Return why the category is proposed, or why there is none, in one sentence for each reason."""
    proposal = outputs.proposal
    if proposal.category is None:
        return [_no_proposal(proposal.reason, _named(proposal.measures, labels))]
    found = [f"The result is {proposal.result:.2f} on a scale from −2 to 2.".replace("-", "−")]
    if outputs.strengths:
        found.append(f"Better than elsewhere: {_named(outputs.strengths, labels)}.")
    if outputs.concerns:
        found.append(f"Lower than elsewhere: {_named(outputs.concerns, labels)}.")
    return found


def _named(measures: Sequence[str], labels: Mapping[str, str]) -> str:
    return "; ".join(labels.get(one, one) for one in measures)


def _no_proposal(reason: str, named: str) -> str:
    return {
        "no_thresholds": "The method proposes no category.",
        "nothing_published": "No measure of the method was published for this year.",
        "too_few": f"There are too few pupils to say. People decide. Measures: {named}.",
        "too_many_missing": f"Too many figures are missing: {named}.",
        "could_differ": f"The figures that are missing could change the proposal: {named}.",
    }[reason]
