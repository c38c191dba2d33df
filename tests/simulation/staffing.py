"""People who join, leave and change roles, by the administrator's pages and emailed invitations."""

from datetime import date
from random import Random
from uuid import UUID

import httpx

from tests.simulation.browser import Browser, Traffic
from tests.simulation.database import Watcher
from tests.simulation.emails import Emails
from tests.simulation.filling import fill
from tests.simulation.machines import Machines
from tests.simulation.people import FAMILY, GIVEN, Actor, sign_in
from tests.simulation.schools import SimulatedSchool

WITHOUT_HEAD = """
SELECT s.urn FROM school s WHERE s.authority_id = $1 AND s.status IN ('open', 'closing') AND NOT EXISTS (
    SELECT FROM role_assignment a WHERE a.authority_id = s.authority_id AND a.school_urn = s.urn
       AND a.role = 'headteacher' AND (a.ends_on IS NULL OR a.ends_on > $2))
   AND NOT EXISTS (SELECT FROM invitation i WHERE i.authority_id = s.authority_id AND i.school_urn = s.urn
       AND i.used_at IS NULL AND i.withdrawn_at IS NULL)
"""


class Staffing:
    """Performs an administrator's actions; `front_desk` answers as the sign-in provider would."""

    def __init__(self, watcher: Watcher, traffic: Traffic, front_desk: httpx.AsyncClient) -> None:
        """For all authorities of a run."""
        self.watcher, self.traffic, self.front_desk = watcher, traffic, front_desk
        self.random, self.number = Random(), 0

    async def come_and_go(
        self, place: SimulatedSchool, actors: list[Actor], today: date, random: Random
    ) -> list[str]:
        """Remove some people, invite heads for schools without one, and sometimes a delegate. Returns what happened."""
        self.random = random
        administrators = [one for one in actors if one.role == "authority_administrator"]
        if not administrators:
            return []
        browser = await self._browser(place, self.random.choice(administrators))
        done = []
        for who in actors:
            yearly = 0.12 if who.role in ("headteacher", "delegate") else 0.08
            boundary = today.month in (9, 4) and today.day <= 3
            if who.role in ("authority_administrator", "head_of_service") or self.random.random() > yearly / (
                60 if boundary else 365
            ):
                continue
            done.append(await self._leave(browser, who))
        for row in await self.watcher.fetch(WITHOUT_HEAD, place.code, today):
            done.append(await self._invite(browser, "headteacher", school=str(row["urn"])))
        if self.random.random() < len(place.open_schools) / 3000:
            school = self.random.choice(place.open_schools)
            done.append(await self._invite(browser, "delegate", school=str(school.urn)))
        leads = {one.consortium_id for one in actors if one.role == "consortium_lead"}
        for row in await self.watcher.fetch(
            "SELECT id FROM consortium WHERE authority_id = $1 AND ended_on IS NULL", place.code
        ):
            if row["id"] not in leads and not await self._waiting(place, row["id"]):
                done.append(await self._invite(browser, "consortium_lead", consortium=str(row["id"])))
        return [one for one in done if one]

    async def _waiting(self, place: SimulatedSchool, consortium: UUID) -> bool:
        found = await self.watcher.fetchval(
            "SELECT count(*) FROM invitation WHERE authority_id = $1 AND consortium_id = $2 AND used_at IS NULL",
            place.code, consortium,
        )  # fmt: skip
        return bool(found)

    async def _browser(self, place: SimulatedSchool, who: Actor) -> Browser:
        return Browser(self.traffic, who, place.host, await sign_in(self.watcher, who))

    async def _leave(self, browser: Browser, who: Actor) -> str:
        if self.random.random() < 0.5:
            path, word = f"/people/{who.person_id}/departure", "somebody left"
        else:
            path, word = f"/people/appointments/{who.role_assignment_id}/end", "a role ended"
        opened = await browser.open(path)
        form = opened.form(path.rsplit("/", 1)[-1])
        if form is None:
            return ""
        done = await browser.send(form, fill(form, self.random, self.traffic.faults.today), path)
        return word if done.status == 303 else ""

    async def _invite(self, browser: Browser, role: str, **where: str) -> str:
        self.number += 1
        opened = await browser.open("/people/invitations/new")
        form = opened.form("/people/invitations")
        if form is None:
            return ""
        given = {
            "name": f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)}", "email": f"new.person{self.number}@{browser.host.partition('.')[0]}.gov.uk",
            "role": role, "school": "", "consortium": "", "organisation": "", **where,
        }  # fmt: skip
        done = await browser.send(
            form, fill(form, self.random, self.traffic.faults.today, **given), opened.path
        )
        return "somebody was invited" if done.status == 303 else ""

    async def take_up(self, emails: Emails, places: list[SimulatedSchool]) -> int:
        """Accept the invitations from the emails. Returns the number accepted."""
        count, waiting = 0, list(emails.invitations)
        emails.invitations.clear()
        desk = Traffic(self.front_desk, self.traffic.faults, self.traffic.size_limit)
        for slug, path in waiting:
            place = next(one for one in places if one.slug == slug)
            opened = await desk.get(path, None, place.host, "invited")
            form = opened.form("/acceptance")
            if form is None:
                continue
            done = await desk.post(
                form.action, fill(form, self.random, self.traffic.faults.today), None, place.host, "invited"
            )
            count += done.status == 303
        return count


async def assign_new_schools(room: Machines, watcher: Watcher, place: SimulatedSchool) -> int:
    """Assign open schools without a consortium to one. Returns the number assigned."""
    rows = await watcher.fetch(
        "SELECT urn FROM school s WHERE authority_id = $1 AND status = 'open' AND NOT EXISTS (SELECT FROM"
        " consortium_membership m WHERE m.authority_id = s.authority_id AND m.school_urn = s.urn AND m.ends_on IS NULL)",
        place.code,
    )
    lines = [
        f"{row['urn']},{key}" for row in rows
        if row["urn"] in place.schools and (key := place.consortium_of(place.schools[row["urn"]]))
    ]  # fmt: skip
    if lines:
        file = room.folder / f"places-{place.slug}.csv"
        file.write_text("\n".join(["urn,consortium", *lines]) + "\n")
        await room.command(
            "consortia",
            "assign",
            str(file),
            "--authority",
            place.slug,
            "--apply",
            "--from",
            f"{room.clock.now():%Y-%m-%d}",
        )
    return len(lines)
