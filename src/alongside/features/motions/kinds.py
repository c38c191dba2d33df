"""The kinds of motion and who votes on each, as data with their legal source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alongside.features.authorities.body_settings import SCHOOL_KINDS, Constituency

EARLY_YEARS = "early_years"
"""The constituency of early years providers, who vote on the funding formula."""

REGULATIONS = "Schools Forums (England) Regulations 2012"
FINANCE = "School and Early Years Finance (England) Regulations"


@dataclass(frozen=True, slots=True)
class MotionKind:
    """A kind of motion.

    `voters` is who votes: every voting seat; schools and early years; maintained schools of the motion's phase; or all
    maintained schools. A `view_only` motion gives a view and decides nothing. One that is `referable` can be referred
    to the Secretary of State when it is lost. `forum` kinds belong to a Schools Forum only. `yearly` ones are for one
    phase, one line and one financial year.
    """

    label: str
    voters: Literal["all", "formula", "phase", "maintained"] = "all"
    source: str = ""
    forum: bool = True
    view_only: bool = False
    referable: bool = False
    yearly: bool = False


KINDS: Mapping[str, MotionKind] = {
    "general": MotionKind("General", forum=False),
    "formula": MotionKind("Funding formula", "formula", f"{REGULATIONS}, regulation 8(10)"),
    "dedelegation": MotionKind("De-delegation", "phase", FINANCE, referable=True, yearly=True),
    "central_spending": MotionKind("Central spending from the schools grant", "all", FINANCE, referable=True),
    "scheme": MotionKind("Scheme for financing schools", "maintained", FINANCE, referable=True),
    "view": MotionKind(
        "View on contracts or arrangements", "all", f"{REGULATIONS}, regulation 10", view_only=True
    ),
}


def refusal_of(kind: str, key: str, constituency: Constituency, phase: str | None) -> str | None:
    """Return why the seats of a constituency do not vote on a motion of this kind, or None if they do."""
    if not constituency.voting:
        return "non-voting seat"
    voters = KINDS[kind].voters
    if voters == "all":
        return None
    if voters == "formula":
        may = constituency.holders in SCHOOL_KINDS or key == EARLY_YEARS
        return None if may else "not a school or an early years provider"
    if constituency.sector == "academy":
        return "academy"
    if constituency.sector != "maintained":
        return "not a maintained school"
    if voters == "phase" and constituency.phase != phase:
        return f"not a {phase} school"
    return None
