"""Checks of received emails: sent once, to the right person of the right authority, about a page they may see."""

import re
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import unescape
from random import Random

from tests.platform.notifications.mail_server import MailServer
from tests.simulation.browser import Traffic, pattern_of
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults
from tests.simulation.people import Actor, sign_in
from tests.simulation.schools import SimulatedSchool

LINK = re.compile(r"https?://([a-z0-9.-]+)(/[^\s<>\"]*)")
OUTSIDE = re.compile(r"^/(invitations/|sign-in|account|notices|$)")

AS_IT_IS_NOW = re.compile(r'href="([^"]+)">See it as it is now')
"""The link of a refused form to the page of its record."""

BY_A_PERSON = (
    "SELECT EXISTS (SELECT FROM audit_entry WHERE authority_id = $1 AND at = $2 AND person_id IS NOT NULL)"
)
"""Whether an email was created by a user action, and can be repeated when that action is repeated."""


@dataclass
class Emails:
    """Received emails. `links` are the links of the newest by recipient, `all_links` those of the day."""

    office: MailServer
    read: int = 0
    copies: Counter[str] = field(default_factory=Counter)
    notified: set[tuple[str, str, str]] = field(default_factory=set)
    links: list[tuple[str, str]] = field(default_factory=list)
    all_links: dict[tuple[str, str], None] = field(default_factory=dict)
    invitations: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0

    def begin_day(self) -> None:
        """Clear the emails of the day before."""
        self.notified.clear()
        self.all_links.clear()

    async def of_today(
        self, connection: Watcher, places: list[SimulatedSchool], faults: Faults, *, killed: bool
    ) -> None:
        """Check the emails since the last call. After a kill a second copy with the same Message-ID is allowed."""
        self.links.clear()
        fresh = self.office.copies[self.read :]
        self.read = len(self.office.copies)
        self.total += len(fresh)
        for one in fresh:
            await self._look_at(connection, places, faults, one, killed=killed)

    async def _look_at(
        self,
        connection: Watcher,
        places: list[SimulatedSchool],
        faults: Faults,
        one: EmailMessage,
        *,
        killed: bool,
    ) -> None:
        name, to = str(one["Message-ID"]).strip("<>").partition("@")[0], str(one["To"])
        self.copies[name] += 1
        if self.copies[name] > 1:
            if not killed:
                faults.add("the same email arrived twice", f"{name} to {to}: {one['Subject']}")
            return
        body = one.get_body(("plain",))
        text = str(body.get_content()) if body is not None else ""
        row = await connection.fetchrow("SELECT * FROM email_outbox WHERE message_id = $1", name)
        place = next((one for one in places if row is not None and one.code == row["authority_id"]), None)
        if row is None or place is None:
            faults.add("an email that no authority wrote", f"{to}: {one['Subject']}")
            return
        same = (to, str(one["Subject"]), text)
        if same in self.notified and not await connection.fetchval(
            BY_A_PERSON, place.code, row["written_at"]
        ):
            faults.add("two identical emails on one day", f"{to}: {one['Subject']}")
        self.notified.add(same)
        if row["person_id"] is not None:
            person = await connection.fetchrow(
                "SELECT email, left_on FROM person WHERE authority_id = $1 AND id = $2",
                place.code,
                row["person_id"],
            )
            if person is None or person["email"] != to:
                faults.add("an email to the wrong recipient", f"{to}: {one['Subject']}")
        self._note_links(place, faults, to, text)

    def _note_links(self, place: SimulatedSchool, faults: Faults, to: str, text: str) -> None:
        """Store the link of an email for its recipient."""
        for host, path in LINK.findall(text):
            if host != place.host:
                faults.add("an email with a link to another host", f"{to}: {host}")
            if path.startswith("/invitations/"):
                self.invitations.append((place.slug, path.rstrip(".")))
            elif not OUTSIDE.match(path):
                self.links.append((to, path.rstrip(".")))
                self.all_links[to, path.rstrip(".")] = None

    async def may_be_read(
        self,
        connection: Watcher,
        traffic: Traffic,
        place: SimulatedSchool,
        actors: list[Actor],
        most: int,
        random: Random,
    ) -> None:
        """Check that recipients can open the linked page in one of their roles.

        A form that has been answered since then says so, with a link to the page that shows the record.
        """
        by_address: dict[str, list[Actor]] = {}
        for actor in actors:
            by_address.setdefault(actor.email, []).append(actor)
        mine = sorted(
            (one for one in self.all_links if one[0] in by_address),
            key=lambda one: (one[0], pattern_of(one[1])),
        )
        for to, path in random.sample(mine, min(most, len(mine))):
            for actor in by_address[to]:
                token, who = await sign_in(connection, actor), f"from an email as {actor.role}"
                opened = await traffic.get(path, token, place.host, who)
                if opened.status == 409 and (now := AS_IT_IS_NOW.search(opened.response.text)):
                    opened = await traffic.get(unescape(now[1]), token, place.host, who)
                if opened.status == 200:
                    break
            else:
                traffic.faults.add(
                    "an email points to a page that its recipient may not see",
                    f"{pattern_of(path)}: {to} {path}",
                )
