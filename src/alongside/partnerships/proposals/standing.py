"""How a proposal stands: whose turn it is, what somebody may do now, and why something cannot be any more."""

from decimal import Decimal
from typing import Any

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may
from alongside.authorities import settings_of
from alongside.offers.freshness import fresh_since
from alongside.partnerships.sides import GIVER, LEADER, OTHER_SIDE, days_in_words, side_of

ENDS = {
    "agreed": "Both schools have agreed.",
    "declined": "The proposal was declined.",
    "lapsed": "The proposal has lapsed.",
    "withdrawn": "The proposal was withdrawn.",
    "superseded": "Other support was agreed for this need.",
}


def why_not(person: Person, row: Any, days: Decimal | None = None) -> str | None:
    """Why this proposal could not be agreed now, in a sentence; None if nothing stands in the way."""
    wanted = row.days if days is None else days
    if row.need_state in ("agreed", "in_support"):
        return f"{row.asking_name} has meanwhile agreed other support for this need."
    if row.need_state not in ("open", "proposed"):
        return f"{row.asking_name} is not looking for support with this need at present."
    if row.offer_state == "exhausted" or row.days_left <= 0:
        return (
            f"{row.giving_name} has meanwhile promised all days of this offer to other schools. "
            "Look for another offer, or ask again when days come back."
        )
    if row.offer_state != "live":
        return f"{row.giving_name} has paused or withdrawn this offer. Look for another one."
    if row.confirmed_on is None or row.confirmed_on < fresh_since(
        settings_of(person.authority_id), person.today
    ):
        return f"{row.giving_name} has not confirmed this offer for too long. Ask them to confirm it first."
    if row.days_left < wanted:
        return (
            f"{row.giving_name} has only {days_in_words(row.days_left)} of this offer left, "
            f"and {days_in_words(wanted)} would be needed. Propose fewer days, or look for another offer."
        )
    if row.places_left <= 0:
        return (
            f"{row.giving_name} already supports as many schools at once as it can. "
            "Wait until one is finished, or look for another offer."
        )
    return None


def waits_for_whom(row: Any) -> list[str]:
    """The names of the schools that have yet to answer."""
    if row.state == "to_release":
        return [row.giving_name]
    if row.state != "proposed":
        return []
    sides = ((row.asking_name, row.asker_accepted_at), (row.giving_name, row.giver_accepted_at))
    return [name for name, accepted_at in sides if accepted_at is None]


def turn(person: Person, row: Any) -> str:
    """Whose turn it is and until when: “Waiting for Mill Primary until 4 March 2027”."""
    until = f"{row.respond_by:%-d %B %Y}"
    if row.state in ("proposed", "to_release") and row.respond_by < person.today:
        return f"Not answered by {until}, so it has ended"
    if row.state == "to_release":
        return f"Waiting for the headteacher of {row.giving_name} to release {row.leader_name}, until {until}"
    waiting = waits_for_whom(row)
    if not waiting:
        return ENDS[row.state]
    return f"Waiting for {' and '.join(waiting)} until {until}"


def steps_for(person: Person, row: Any, *, barred: bool = False) -> frozenset[str]:
    """What this person may do with a proposal now, as the page offers it; `barred` when it cannot be agreed."""
    side = side_of(person, row)
    steps: set[str] = set()
    in_time = row.respond_by >= person.today
    if (
        in_time
        and row.state == "proposed"
        and side
        and may(person, Permission.ANSWER_PROPOSAL, row.asking_urn, row.giving_urn)
    ):
        steps.add("counter")
        if getattr(row, f"{side}_accepted_at") is None:
            steps |= {"accept", "refuse"}
            if not getattr(row, f"{side}_had_more_time"):
                steps.add("more_time")
    release = in_time and row.state == "to_release" and side == GIVER
    if release and may(person, Permission.RELEASE_LEADER, row.giving_urn):
        steps |= {"release", "refuse_release"}
    if row.state in ("proposed", "to_release") and may(
        person, Permission.WITHDRAW_PROPOSAL, row.asking_urn, row.giving_urn
    ):
        own_yes = side in OTHER_SIDE and getattr(row, f"{side}_accepted_at") is not None
        if own_yes or (side is None and row.proposed_as == LEADER):
            steps.add("withdraw")
    return frozenset(steps - {"accept", "counter", "release"} if barred else steps)
