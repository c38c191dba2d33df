"""Status of a proposal: who must answer, what can be done now, and obstacles."""

from alongside.features.agreements.parties import LEADER, party_of
from alongside.features.agreements.proposals.queries import LIVE, ProposalRow
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date

ENDS = {
    "agreed": "Both schools have agreed.",
    "declined": "The proposal was declined.",
    "lapsed": "The proposal has lapsed.",
    "withdrawn": "The proposal was withdrawn.",
    "superseded": "Other support was agreed for this need.",
}


def awaiting_parties(row: ProposalRow) -> list[str]:
    """The names of the schools that must still answer."""
    if row.state == "to_release":
        return [row.supporting_name]
    if row.state != "proposed":
        return []
    sides = (
        (row.requesting_name, row.requesting_accepted_at),
        (row.supporting_name, row.supporting_accepted_at),
    )
    return [name for name, accepted_at in sides if accepted_at is None]


def state_today(person: Principal, row: ProposalRow) -> str:
    """The state that holds today: a proposal not answered by its last day has lapsed."""
    late = row.state in LIVE and row.respond_by < person.today
    return "lapsed" if late else row.state


def awaiting_answer_from(person: Principal, row: ProposalRow) -> str:
    """Who must answer and until when: “Waiting for Mill Primary until 4 March 2027”."""
    until = format_date(row.respond_by)
    if state_today(person, row) != row.state:
        return f"Not answered by {until}, so it has ended"
    if row.state == "to_release":
        return f"Waiting for the headteacher of {row.supporting_name} to release {row.leader_name}, until {until}"
    waiting = awaiting_parties(row)
    if not waiting:
        return ENDS[row.state]
    return f"Waiting for {' and '.join(waiting)} until {until}"


def _side_that_may_still_act(person: Principal, row: ProposalRow) -> str | None:
    in_time = row.state == "proposed" and row.respond_by >= person.today
    return party_of(person, row) if in_time else None


def can_counter(person: Principal, row: ProposalRow) -> bool:
    """Whether this person's school can propose other terms now."""
    return _side_that_may_still_act(person, row) is not None


def can_answer(person: Principal, row: ProposalRow) -> bool:
    """Whether this person's school can accept or decline the proposal now."""
    side = _side_that_may_still_act(person, row)
    return side is not None and getattr(row, f"{side}_accepted_at") is None


def can_ask_more_time(person: Principal, row: ProposalRow) -> bool:
    """Whether this person's school can ask for more time: once, before it answers."""
    return can_answer(person, row) and not getattr(row, f"{party_of(person, row)}_had_more_time")


def can_release(person: Principal, row: ProposalRow) -> bool:
    """Whether the supporting school is asked to release the leader now."""
    return row.state == "to_release" and row.respond_by >= person.today


def can_withdraw(person: Principal, row: ProposalRow) -> bool:
    """Whether this person can withdraw the proposal: a school that accepted it, or a lead if a lead made it."""
    side = party_of(person, row)
    own = row.proposed_as == LEADER if side is None else getattr(row, f"{side}_accepted_at") is not None
    return own and state_today(person, row) in LIVE
