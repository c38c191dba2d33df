"""PostgreSQL unavailable in every way that the operating system allows: 503, and the typed text is kept."""

import re
from dataclasses import replace

import pytest

from tests.client import Client, words
from tests.databases import DatabaseCopy, app_over
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL


@pytest.mark.parametrize(
    "away",
    [
        r"postgresql://alongside_app:x@127.0.0.1:1/\1",
        r"postgresql://alongside_app:x@nowhere.invalid/\1",
        r"postgresql://alongside_app:x@/\1?host=/nowhere",
        r"postgresql://alongside_app:x@255.255.255.255:5432/\1",
        r"postgresql://alongside_app:wrong@HERE/\1",
    ],
    ids=["closed port", "name not resolved", "socket gone", "host unreachable", "wrong password"],
)
async def test_what_is_typed_comes_back_while_the_database_is_away(copy: DatabaseCopy, away: str) -> None:
    here = re.search(r"@([^/]+)/", copy.app_url)
    assert here
    url = re.sub(r".*/(\w+)$", away.replace("HERE", here[1]), copy.app_url)
    async with app_over(replace(copy, app_url=url)) as app:
        client = Client(app)
        looked = await client.get("/needs-and-offers", as_=HEAD_OF_MILL)
        posted = await client.post("/needs", need(title="Kept while it is away"), as_=HEAD_OF_MILL)
    assert (looked.status_code, posted.status_code) == (503, 503), words(looked)
    assert "Kept while it is away" in posted.text
