"""The facets that filter a search: each with its bit, its choices and its SQL condition on an entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.features.directory.evidence import LEVELS
from alongside.features.schools.phases import PHASES

SEASONS = {"autumn": "Autumn term", "spring": "Spring term", "summer": "Summer term"}
KINDS = {"practice": "Practice", "work_in_progress": "Work in progress"}
BANDS = {
    "nothing": "Nothing",
    "small": "Up to £500",
    "middle": "£500 to £5,000",
    "large": "More than £5,000",
}
BAND = """CASE WHEN e.cost_pence = 0 THEN 'nothing' WHEN e.cost_pence <= 50000 THEN 'small'
                WHEN e.cost_pence <= 500000 THEN 'middle' WHEN e.cost_pence > 500000 THEN 'large' END"""
"""SQL for the cost band of an entry in its first year; NULL where the cost is unknown."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: `is_valid` is the condition for an entry, `values` the values under which it is counted.

    Both are SQL over the columns of the entries found; `values` returns rows of one value each.
    """

    name: str
    label: str
    holds: str
    values: str


FACETS = (
    Facet("theme", "Theme", ":theme = ANY (themes)", "unnest(themes)"),
    Facet("phase", "Phase", ":phase = ANY (phases)", "unnest(phases)"),
    Facet("key_stage", "Key stage", ":key_stage = ANY (key_stages)", "unnest(key_stages)"),
    Facet(
        "evidence",
        "Evidence, at least",
        "evidence_level >= CAST(:evidence AS integer)",
        "generate_series(1, evidence_level)",
    ),
    Facet("cost", "Cost in the first year", "band = :cost", "unnest(ARRAY[band])"),
    Facet("term", "Term", "season = :term", "unnest(ARRAY[season])"),
    Facet("kind", "Kind", "kind = :kind", "unnest(ARRAY[kind])"),
    Facet("mine", "Context", "like_mine", "unnest(ARRAY[CASE WHEN like_mine THEN 'y' END])"),
)
"""All facets in the order of the page; a facet's position is its bit."""


def choices_of(settings: AuthoritySettings) -> dict[str, Mapping[str, str]]:
    """The choices of each facet, from the authority's settings."""
    return {
        "theme": {key: one.label for key, one in on_offer(settings.themes).items()},
        "phase": PHASES,
        "key_stage": {key: one.label for key, one in on_offer(settings.key_stages).items()},
        "evidence": {str(one.number): one.label for one in LEVELS if one.number},
        "cost": BANDS,
        "term": SEASONS,
        "kind": KINDS,
        "mine": {"y": "Schools like mine"},
    }
