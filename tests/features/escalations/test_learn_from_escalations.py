"""The report on escalations: figures from the audit log, permissions, and suppression of small numbers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.escalations.reporting.figures import report_tables
from alongside.features.escalations.reporting.queries import ReportedEscalation
from alongside.features.escalations.reporting.suppression import (
    FEW,
    FEWEST,
    WITHHELD,
    shown_counts,
    shown_total,
    typical,
)
from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.features.escalations.builders import a_decided_escalation, an_escalation
from tests.personas import (
    HEAD_OF_MILL,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    TWIN_OFFICER,
)

COUNTS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 9), min_size=1)


def possible(shown: dict[str, str], total: int) -> Iterator[dict[str, int]]:
    """Every way in which the numbers could be, for a reader of the table who knows the total."""
    choices = []
    for words_ in shown.values():
        if words_ == FEW:
            choices.append(range(1, FEWEST))
        elif words_ == WITHHELD:
            choices.append(range(FEWEST, total + 1))
        else:
            choices.append(range(int(words_), int(words_) + 1))
    for numbers in product(*choices):
        if sum(numbers) == total:
            yield dict(zip(shown, numbers, strict=True))


@settings(max_examples=300, deadline=None)
@given(COUNTS)
def test_no_small_number_follows_from_the_total(counts: dict[str, int]) -> None:
    """By trying all: the person who knows the total is left with more than one answer for each number that is hidden."""
    shown = shown_counts(counts)
    if set(shown.values()) == {WITHHELD}:
        assert shown_total(counts) in {FEW, WITHHELD}
        return
    assert shown_total(counts) == str(sum(counts.values()))
    worlds = list(possible(shown, sum(counts.values())))
    assert counts in worlds
    for key, words_ in shown.items():
        if words_ in {FEW, WITHHELD}:
            assert len({world[key] for world in worlds}) > 1, (counts, shown)
        else:
            assert words_ == str(counts[key])
            assert not 0 < counts[key] < FEWEST


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 5, "b": 4}, {"a": "5", "b": "4"}),
        ({"a": 5, "b": 0}, {"a": "5", "b": "0"}),
        ({"a": 9, "b": 4, "c": 1}, {"a": "9", "b": WITHHELD, "c": FEW}),
        ({"a": 9, "b": 1, "c": 2}, {"a": "9", "b": FEW, "c": FEW}),
        ({"a": 1}, {"a": WITHHELD}),
        ({"a": 1, "b": 1}, {"a": WITHHELD, "b": WITHHELD}),
    ],
)
def test_numbers_from_one_to_two_are_never_shown(counts: dict[str, int], shown: dict[str, str]) -> None:
    assert shown_counts(counts) == shown


def test_the_order_of_lines_tells_nothing_of_hidden_numbers() -> None:
    """Three escalations in two lines of fewer than 3 are 2 and 1: which is which would follow from the larger
    coming first.
    """
    tables = []
    for two, one in (("too_close", "no_capacity"), ("no_capacity", "too_close")):
        reasons = [two, two, one, *["no_expertise"] * 5]
        escalations = [
            ReportedEscalation("North", "primary", reason, None, None, None, calendar_of(NORTHSHIRE))
            for reason in reasons
        ]
        tables.append(report_tables(settings_of(NORTHSHIRE), escalations)[0])
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("days", "said"), [([], "–"), ([4, 4], FEW), ([1, 9, 4], "4"), ([1, 2, 3, 4], "2.5")]
)
def test_a_middle_needs_three(days: list[int], said: str) -> None:
    assert typical(days) == said


def this_year() -> int:
    now = datetime.now(UTC)
    return now.year if now.month >= 9 else now.year - 1


def table(page: Any, caption: str) -> dict[str, list[str]]:
    """The lines of one table of a page."""
    for one in soup(page).select("table"):
        title = one.select_one("caption")
        if title is not None and title.get_text(strip=True) == caption:
            return {
                element(line, "th").get_text(strip=True): [
                    cell.get_text(strip=True) for cell in line.select("td:not([aria-hidden])")
                ]
                for line in one.select("tbody tr")
            }
    raise AssertionError(f"there is no table {caption}")


async def test_the_page_tells_how_many_why_how_long_and_what_came_of_it(
    client: Client, database: Database
) -> None:
    for _ in range(4):
        await a_decided_escalation(database)
    await an_escalation(database, urn=PARK, reason="no_capacity")
    await an_escalation(database, LEAD_OF_SOUTH, QUAY)
    page = await client.get("/escalations/reports", as_=OFFICER)
    assert page.status_code == 200
    assert "Escalations raised: 6" in words(page)
    assert table(page, "Decisions")["Total"] == ["6"]
    assert table(page, "How long each stage took")["Raised to acknowledged"] == ["0"]
    assert table(page, "By phase")["Primary"] == ["6"]
    consortia = table(page, "By consortium")
    assert consortia["South"][0] == FEW
    assert consortia["North"][0] == WITHHELD, "with the total it would tell South's"
    assert "measured by escalations raised late" in words(page)
    assert "Mill" not in words(page)
    sheet = await client.get("/escalations/reports.csv", as_=OFFICER)
    assert "By consortium,South,Escalations,fewer than 3" in sheet.text
    past = await client.get(f"/escalations/reports?year={this_year() - 1}", as_=OFFICER)
    assert "There are no escalations in this year" in words(past)
    assert (await client.get("/escalations/reports?year=9999", as_=OFFICER)).status_code == 200


async def test_it_is_for_the_core_team_and_the_twin_sees_nothing_of_it(
    client: Client, database: Database
) -> None:
    for _ in range(3):
        await an_escalation(database)
    for one in (LEAD_OF_NORTH, HEAD_OF_MILL):
        assert (await client.get("/escalations/reports", as_=one)).status_code == 404
    assert "There are no escalations in this year" in words(
        await client.get("/escalations/reports", as_=TWIN_OFFICER)
    )
