"""Continues open work: answers proposals, signs agreements, works on escalations, decides about closed schools."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from random import Random
from uuid import UUID

from tests.simulation.acts import take_up
from tests.simulation.browser import Browser, Traffic
from tests.simulation.database import Watcher
from tests.simulation.lanes import Lanes
from tests.simulation.people import Actor, sign_in
from tests.simulation.schools import SimulatedSchool

UNDER_WAY = {
    "proposals": (
        "SELECT id, requesting_urn, supporting_urn FROM proposal WHERE authority_id = $1 AND state IN ('proposed', 'to_release') ORDER BY proposed_at",
        0.12,
    ),
    "agreements": (
        "SELECT id, requesting_urn, supporting_urn FROM support_agreement WHERE authority_id = $1 AND state = 'preparing' ORDER BY agreed_at",
        0.2,
    ),
    "agreements ": (
        "SELECT id, requesting_urn, supporting_urn FROM support_agreement WHERE authority_id = $1 AND state = 'active' ORDER BY agreed_at",
        0.03,
    ),
    "escalations": (
        "SELECT id, school_urn AS requesting_urn, school_urn AS supporting_urn, consortium_id FROM escalation"
        " WHERE authority_id = $1 AND state NOT IN ('closed', 'merged', 'withdrawn') ORDER BY raised_at",
        0.2,
    ),
    "successions": (
        "SELECT id, old_urn AS requesting_urn, old_urn AS supporting_urn FROM school_succession"
        " WHERE authority_id = $1 AND state = 'open' ORDER BY id",
        0.05,
    ),
}
"""By first path segment: the query for open work, and the probability of the next step per part of a day."""


async def follow_up(
    watcher: Watcher,
    traffic: Traffic,
    lanes: Lanes,
    place: SimulatedSchool,
    actors: Sequence[Actor],
    today: date,
    busy: float,
    random: Random,
) -> None:
    """Open a sample of the open work as a person who may have to act, and perform one action on each."""

    async def act(who: Actor, path: str, random: Random) -> None:
        browser = Browser(traffic, who, place.host, await sign_in(watcher, who))
        await take_up(browser, path, random, today)

    chosen: list[Callable[[], Awaitable[None]]] = []
    for room, (query, likely) in UNDER_WAY.items():
        for row in await watcher.fetch(query, place.code):
            if random.random() > likely * busy:
                continue
            schools = {row["requesting_urn"], row["supporting_urn"]}
            consortium = row.get("consortium_id")
            there = [one for one in actors if _concerned(one, room, schools, consortium)]
            if there:
                path, own = f"/{room.strip()}/{row['id']}", Random(random.getrandbits(64))
                chosen.append(partial(act, random.choice(there), path, own))
    await lanes.run(chosen)


def _concerned(one: Actor, room: str, schools: set[int], consortium: UUID | None) -> bool:
    if room == "successions":
        return one.role == "authority_administrator"
    if room == "escalations":
        return one.role in ("core_officer", "head_of_service") or (
            one.role == "consortium_lead" and one.consortium_id == consortium
        )
    return one.role in ("headteacher", "delegate") and one.school_urn in schools
