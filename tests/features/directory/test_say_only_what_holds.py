"""Offers beside an entry are current, and evidence counts as measured only where a value was reached."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from alongside.errors import ValidationFailed
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.reviews.queries import values_reached
from alongside.features.authorities import settings_of
from alongside.features.directory.availability import available_from
from alongside.features.directory.suggested_entries.prefill import filled
from alongside.features.directory.suggested_entries.queries import AimText, NeedText
from alongside.platform.database.session import Database
from tests.features.agreements.builders import TODAY, a_running_agreement, acting, an_offer
from tests.features.agreements.test_review_agreement import give, judgement
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE, PARK

NEED = NeedText(title="T", theme="phonics", phase="primary", key_stage=None, wanted="Help")


async def said(database: Database, today: date, **offer: Any) -> list[str]:
    """The description of Park's only offer on a given day."""
    async with database.transaction(NORTHSHIRE) as session:
        await an_offer(session, confirmed_on=today, forms_of_support=["visit_out"], **offer)
        return [one.words for one in await available_from(session, acting(HEAD_OF_QUAY, today), PARK)]


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ({"ends_on": TODAY - timedelta(days=1), "starts_on": date(2026, 9, 1)}, []),
        (
            {"ends_on": TODAY, "starts_on": date(2026, 9, 1)},
            ["can host a visit until 24 November 2026; 6 days left"],
        ),
        (
            {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 24)},
            ["can host a visit from 1 to 24 March 2027; 6 days left"],
        ),
        ({"terms": ["2025-26_summer"]}, []),
        (
            {"terms": ["2025-26_summer", "2026-27_spring"]},
            ["can host a visit in spring term 2027; 6 days left"],
        ),
        ({"designation": "nle", "designation_until": TODAY - timedelta(days=1)}, []),
        ({"appetite": "no"}, []),
    ],
)
async def test_an_entry_tells_of_no_time_that_is_over(
    database: Database, offer: dict[str, Any], words: list[str]
) -> None:
    assert await said(database, TODAY, **offer) == words


async def test_a_closing_review_says_what_was_reached(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    whole = await judgement(database, "met")
    with pytest.raises(ValidationFailed, match="value reached"):
        await give(
            database,
            HEAD_OF_MILL,
            agreement_id,
            "closing",
            type(whole)(whole.ratings, "Much", "yes", "met"),
        )
    await give(database, HEAD_OF_MILL, agreement_id, "closing", whole)


@pytest.mark.parametrize(
    ("value", "level", "line"), [("88", 3, "from 55 to 88"), ("Not measured", 1, "to Not measured")]
)
async def test_evidence_is_measured_only_with_a_value_reached(
    database: Database, value: str, level: int, line: str
) -> None:
    agreement_id = await a_running_agreement(database)
    whole = await judgement(database)
    reached: dict[UUID, str] = dict.fromkeys(whole.ratings, value)
    await give(
        database,
        HEAD_OF_PARK,
        agreement_id,
        "closing",
        type(whole)(whole.ratings, "Much", "yes", None, reached),
    )
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        aims = await aims_of(session, NORTHSHIRE, agreement_id)
        known = await values_reached(session, NORTHSHIRE, agreement_id)
    texts = [AimText(one.id, one.aim, one.measure, one.baseline, one.target) for one in aims]
    entry = filled(NEED, texts, [], [], known, settings_of(NORTHSHIRE))
    assert entry["claimed_level"] == level
    assert line in str(entry["evidence"])
