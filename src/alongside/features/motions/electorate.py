"""Who may vote and speak on a motion, with a reason for each seat, and the quorum: pure rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.authorities.body_settings import BodySettings, Quorum
from alongside.features.boards.members import SeatHolder
from alongside.features.motions.kinds import refusal_of

VOTES = "votes"


@dataclass(frozen=True, slots=True)
class Interest:
    """An interest of a seat's holder in the subject of a motion.

    `followed` is “stayed”, “spoke” or “withdrew”; `label` is its reason in words; a `dispensed` one is set
    aside; a `derived` one was found by the system.
    """

    seat_id: UUID
    followed: str
    label: str
    dispensed: bool = False
    derived: bool = True


@dataclass(frozen=True, slots=True)
class Elector:
    """A seat on the day on which a motion opens: whether its holder may vote and speak, and why."""

    seat_id: UUID
    person_id: UUID | None
    may_vote: bool
    may_speak: bool
    reason: str
    present: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What decides the electorate of a motion: its kind, remit and phase, and the rules of the body."""

    kind: str
    remit: str
    phase: str | None
    rules: BodySettings


def electors_of(
    question: Question,
    seats: Sequence[SeatHolder],
    interests: Collection[Interest],
    present: Collection[UUID] | None,
) -> list[Elector]:
    """Return the electorate of a motion; `present` are the seats that attend, or None for a written motion.

    A holder who withdraws for an interest neither votes nor speaks, nor counts as present; one who spoke does not vote.
    """
    by_seat: dict[UUID, list[Interest]] = {}
    for one in interests:
        if not one.dispensed:
            by_seat.setdefault(one.seat_id, []).append(one)
    return [_elector(question, seat, by_seat.get(seat.seat_id, ()), present) for seat in seats]


def _elector(
    question: Question, seat: SeatHolder, interests: Sequence[Interest], present: Collection[UUID] | None
) -> Elector:
    if seat.person_id is None:
        return Elector(seat.seat_id, None, False, False, "vacant seat", False)
    attends = present is None or seat.seat_id in present
    withdrew = [one for one in interests if one.followed == "withdrew"]
    spoke = [one for one in interests if one.followed == "spoke"]
    reason = _refusal(question, seat)
    if withdrew:
        reason = withdrew[0].label
    elif spoke and reason is None:
        reason = spoke[0].label
    elif reason is None and not attends:
        reason = "absent"
    return Elector(
        seat.seat_id,
        seat.person_id,
        reason is None,
        attends and not withdrew,
        reason or VOTES,
        attends and not withdrew,
    )


def _refusal(question: Question, seat: SeatHolder) -> str | None:
    constituency = question.rules.constituencies.get(seat.constituency)
    if constituency is None or not seat.voting:
        return "non-voting seat"
    voters = question.rules.remits[question.remit].voters
    if voters and seat.constituency not in voters:
        return "not in the group that votes on this subject"
    return refusal_of(question.kind, seat.constituency, constituency, question.phase)


def quorum_of(rule: Quorum, electors: Sequence[Elector], seats: Sequence[SeatHolder]) -> int:
    """Return how many must be present: the share of seats, rounded up, and one at least."""
    voting = {one.seat_id for one in seats if one.voting}
    filled = {one.seat_id for one in electors if one.person_id is not None}
    counted = {
        "voting_seats": len(voting),
        "filled_voting_seats": len(voting & filled),
        "seats": len(seats),
        "filled_seats": len(filled),
    }[rule.of]
    return max(1, -(-counted * rule.numerator // rule.denominator))


THRESHOLDS: Mapping[str, tuple[int, int]] = {"simple": (1, 2), "two_thirds": (2, 3), "three_quarters": (3, 4)}


def result_of(majority: str, casting_vote: bool, quorum: bool, votes_for: int, votes_against: int) -> str:
    """Return the state of a motion after the count. Abstentions count neither for nor against.

    A simple majority is more than half; two thirds and three quarters are reached exactly. A tie is lost, unless the
    chair has a casting vote.
    """
    if not quorum:
        return "inquorate"
    share, of = THRESHOLDS[majority]
    cast = votes_for + votes_against
    if majority == "simple" and votes_for == votes_against and cast and casting_vote:
        return "tied"
    reached = votes_for * of > cast * share or (majority != "simple" and votes_for * of == cast * share)
    return "carried" if cast and reached else "lost"
