"""Who may vote and speak on a motion, against an oracle that is written by hand from the regulations."""

from fractions import Fraction
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from alongside.features.authorities.body_settings import Quorum
from alongside.features.authorities.files import read_authority
from alongside.features.boards.members import SeatHolder
from alongside.features.motions.electorate import (
    Elector,
    Interest,
    Question,
    electors_of,
    quorum_of,
    result_of,
)
from alongside.features.motions.kinds import KINDS

ROOT = Path(__file__).parents[3]
_settings, _ = read_authority(ROOT / "tenants" / "york.toml")
assert _settings is not None
YORK = _settings.bodies
SEAT, PERSON = UUID(int=1), UUID(int=2)
BY_HAND = {
    "maintained_primary": {"formula", "dedelegation primary", "scheme"},
    "maintained_secondary": {"formula", "dedelegation secondary", "scheme"},
    "academies": {"formula"},
    "special": {"formula"},
    "early_years": {"formula"},
    "sixteen_to_nineteen": set(),
}
"""The kinds of motion on which a group of the Forum votes, beside those on which every voting seat does."""

ALL_VOTE = {"general", "central_spending", "view"}


def seat_of(constituency: str, voting: bool) -> SeatHolder:
    """A seat that is held."""
    return SeatHolder(SEAT, constituency, voting, UUID(int=3), PERSON, "Pat", None, None, None, ())


def expected(votes: bool, interest: tuple[str, bool] | None, attends: bool) -> tuple[bool, bool, bool]:
    """May vote, may speak, counts for the quorum."""
    followed = None if interest is None or interest[1] else interest[0]
    there = attends and followed != "withdrew"
    return votes and there and followed != "spoke", there, there


@pytest.mark.parametrize("body", ["partnership", "schools_forum"])
def test_every_seat_of_every_body_for_every_kind_of_motion_and_interest(body: str) -> None:
    """Body × kind × phase × seat × interest × attendance: may vote, may speak, and a reason that is never empty."""
    rules = YORK[body]
    cases = 0
    remit = next(key for key, one in rules.remits.items() if not one.voters)
    interests = [None, *product(("stayed", "spoke", "withdrew"), (False, True))]
    for kind, phase, (key, group), interest, attends in product(
        KINDS, ("primary", "secondary"), rules.constituencies.items(), interests, (True, False)
    ):
        named = {kind, f"{kind} {phase}"}
        votes = group.voting and bool(named & ALL_VOTE or named & BY_HAND.get(key, set()))
        if body == "partnership" and kind not in ALL_VOTE:
            continue  # only a Forum has them
        declared = [Interest(SEAT, interest[0], "interest in Mill School", interest[1])] if interest else []
        [elector] = electors_of(
            Question(kind, remit, phase, rules),
            [seat_of(key, group.voting)],
            declared,
            {SEAT} if attends else (),
        )
        found = (elector.may_vote, elector.may_speak, elector.present)
        assert found == expected(votes, interest, attends), (kind, phase, key, interest, attends)
        assert (elector.reason == "votes") == elector.may_vote
        cases += 1
    assert cases > 200


def test_the_reason_of_a_seat_is_said() -> None:
    """Reasons that a member reads."""
    forum = YORK["schools_forum"]

    def reason(kind: str, key: str, *interests: Interest, phase: str = "primary") -> str:
        question = Question(kind, "formula", phase, forum)
        return electors_of(question, [seat_of(key, True)], interests, None)[0].reason

    assert reason("dedelegation", "academies") == "academy"
    assert reason("dedelegation", "maintained_secondary") == "not a primary school"
    assert reason("formula", "sixteen_to_nineteen") == "not a school or an early years provider"
    declared = Interest(SEAT, "withdrew", "interest in Mill School")
    assert reason("general", "academies", declared) == "interest in Mill School"
    assert reason("general", "academies") == "votes"


@pytest.mark.parametrize(
    ("of", "needed"), [("voting_seats", 2), ("filled_voting_seats", 2), ("seats", 3), ("filled_seats", 2)]
)
def test_both_readings_of_the_quorum(of: str, needed: int) -> None:
    """Two fifths of six seats, of which five vote and one voting seat is vacant."""
    seats = [
        SeatHolder(UUID(int=n), "a", n != 6, None, PERSON if n != 1 else None, None, None, None, None, ())
        for n in range(1, 7)
    ]
    electors = [Elector(one.seat_id, one.person_id, False, False, "x", True) for one in seats]
    rule = Quorum(numerator=2, denominator=5, of=of)  # type: ignore[arg-type]
    assert quorum_of(rule, electors, seats) == needed


def test_the_result_follows_from_the_count() -> None:
    """Every count up to twelve votes, in exact fractions."""
    shares = {"simple": Fraction(1, 2), "two_thirds": Fraction(2, 3), "three_quarters": Fraction(3, 4)}
    for majority, casting, yes, no in product(shares, (True, False), range(13), range(13)):
        found = result_of(majority, casting, True, yes, no)
        share = Fraction(yes, yes + no) if yes + no else Fraction(0)
        if majority == "simple":
            tie = "tied" if casting and yes else "lost"
            assert found == ("carried" if yes > no else tie if yes == no else "lost")
        else:
            assert found == ("carried" if yes and share >= shares[majority] else "lost")
    assert result_of("simple", True, False, 9, 0) == "inquorate"
