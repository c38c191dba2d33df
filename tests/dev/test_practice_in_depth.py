"""The demonstration's longer entries can be judged: each is complete, of 300 to 800 words, and belongs to an entry."""

import json
import tomllib

import pytest

from alongside.dev.demo_data.practice import FILE, IN_DEPTH
from alongside.features.directory.models import LENGTH

TEXTS = {"problem", "what_we_did", "evidence", "what_to_avoid", "what_you_need"}
ENTRIES: dict[str, dict[str, str]] = tomllib.loads(IN_DEPTH.read_text(encoding="utf-8"))


def test_there_are_twenty_and_each_replaces_the_texts_of_an_entry() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert len(ENTRIES) == 20
    assert ENTRIES.keys() <= {json.loads(line)["reference"] for line in lines if line}


@pytest.mark.parametrize("reference", ENTRIES)
def test_each_says_what_was_done_and_what_was_measured(reference: str) -> None:
    entry = ENTRIES[reference]
    assert entry.keys() == TEXTS
    assert 300 <= sum(len(text.split()) for text in entry.values()) <= 800
    assert all(0 < len(text) <= LENGTH for text in entry.values())
    assert sum(map(str.isdigit, entry["evidence"])) >= 4, "measured values"
