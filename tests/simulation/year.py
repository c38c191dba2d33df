"""Runs the days of a simulated year: register and calendar changes, user actions, kills and checks."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from random import Random

import httpx

from alongside.settings import bundled
from tests.simulation import acts, checks, pages
from tests.simulation.browser import Browser, Traffic
from tests.simulation.calendar import LONDON, Days
from tests.simulation.database import Watcher
from tests.simulation.emails import Emails
from tests.simulation.faults import Faults
from tests.simulation.following import follow_up
from tests.simulation.machines import Machines, machines
from tests.simulation.people import Actor, present, sign_in, somebody, staff
from tests.simulation.schools import (
    FUND_PENCE,
    NAMES,
    SimulatedSchool,
    apply_month,
    make_school,
    register_file,
    tenant_file,
)
from tests.simulation.staffing import Staffing, assign_new_schools
from tests.simulation.waiting import settings_in, until_quiet

SLOTS = ((6, 20), (8, 20), (10, 40), (13, 30), (16, 40), (19, 30))
"""Times in London to which the clock moves each day; people act between 8:00 and 19:00."""

ACTS_PER_SCHOOL = 0.045
"""Average number of actions per school and part of a school day: about one a week."""

ANSWERED = 0.3
"""Share of email recipients who act in the same part of the day."""


@dataclass(frozen=True)
class Plan:
    """Parameters of a simulation. `sizes` are the numbers of schools; `pace` multiplies the number of actions;
    `pages` is the share of roles whose pages are all opened on a day, in turn.
    """

    seed: int = 1
    start: date = date(2026, 8, 24)
    days: int = 365
    sizes: tuple[int, ...] = (519, 68)
    pace: float = 1.0
    kills_per_day: float = 0.3
    size_limit: int = 100_000
    web: int = 1
    emails_opened: int = 20
    pages: float = 1.0
    slots: tuple[tuple[int, int], ...] = SLOTS
    say: Callable[[str], None] = print


@dataclass
class Year:
    """One run: authorities, traffic and faults."""

    plan: Plan
    room: Machines
    watcher: Watcher
    traffic: Traffic
    staffing: Staffing
    emails: Emails
    faults: Faults
    random: Random
    places: list[SimulatedSchool]
    days: dict[int, Days]
    happened: Counter[str] = field(default_factory=Counter)
    pages_opened: int = 0
    lines_read: int = 0
    expired: int = 0

    async def settle(self) -> None:
        """Create the authorities, import their registers, assign schools to consortia, and create the people."""
        self.room.tenants.joinpath("_defaults.toml").write_bytes(
            bundled("tenants").joinpath("_defaults.toml").read_bytes()
        )
        self.room.clock.move_to(at(self.plan.start - timedelta(days=2), 9, 0))
        for place in self.places:
            await self.apply(place)
            await self.import_register(place, self.plan.start - timedelta(days=2))
            await assign_new_schools(self.room, self.watcher, place)
            await staff(self.watcher, place, self.plan.start - timedelta(days=400), self.random)

    async def run(self) -> None:
        """Run all days."""
        for number in range(self.plan.days):
            today = self.plan.start + timedelta(days=number)
            self.faults.today = today
            self.emails.begin_day()
            before, began = self.faults.counts.total(), time.monotonic()
            await self.run_day(today, first=number == 0)
            await self.check(today)
            self.plan.say(
                f"{today:%a %d %b %Y}: {self.traffic.acts.total()} acts, {self.emails.total} emails, "
                f"{sum(self.room.kills.values())} kills, {self.faults.counts.total() - before} new faults, "
                f"{time.monotonic() - began:.1f} s"
            )

    async def run_day(self, today: date, *, first: bool) -> None:
        """Run one day."""
        for hour, minute in self.plan.slots:
            self.room.clock.move_to(at(today, hour, minute))
            if hour == 8:
                await self.apply_changes(today, first=first)
            if 8 <= hour < 19:
                killer = asyncio.create_task(self.kill_at_random())
                for place in self.places:
                    await self.act(place, today)
                await killer
            await until_quiet(self.watcher, self.room.tenants, self.places, self.room.clock, self.faults)

    async def apply_changes(self, today: date, *, first: bool) -> None:
        """Apply register changes, calendar changes and staff changes."""
        for place in self.places:
            if today.day == 1 or (first and self.plan.days < 28):
                for one in apply_month(place, today, at_least=1 if first else 0):
                    self.happened[one.kind] += 1
                await self.import_register(place, today)
                await assign_new_schools(self.room, self.watcher, place)
            if first or self.random.random() < 1 / 60:
                await self.change_calendar(place, today)
            actors = await present(self.watcher, place.code, today)
            self.happened.update(await self.staffing.come_and_go(place, actors, today))
        self.happened["roles taken up"] += await self.staffing.take_up(self.emails, self.places)

    async def import_register(self, place: SimulatedSchool, today: date) -> None:
        """Import a register release."""
        file = register_file(place, self.room.folder, today)
        await self.room.command("schools", "import", str(file), "--authority", place.slug, "--yes")
        self.happened["register releases"] += 1

    async def change_calendar(self, place: SimulatedSchool, today: date) -> None:
        """Add a training day of the authority some weeks ahead."""
        day = today + timedelta(days=self.random.randint(4, 30))
        if self.days[place.code].open(day):
            self.days[place.code].inset.add(day)
            await self.apply(place)
            self.happened["calendars changed"] += 1

    async def apply(self, place: SimulatedSchool) -> None:
        """Apply the authority's settings."""
        file = self.room.tenants / f"{place.slug}.toml"
        file.write_text(tenant_file(place, sorted(self.days[place.code].inset)))
        await self.room.command("authority", "apply", place.slug, "--yes")

    async def act(self, place: SimulatedSchool, today: date) -> None:
        """Perform the user actions of an authority in one part of a day."""
        actors = await present(self.watcher, place.code, today)
        busy = 1.0 if self.days[place.code].open(today) else 0.05
        expected = len(place.open_schools) * ACTS_PER_SCHOOL * busy * self.plan.pace
        for _ in range(int(expected) + (self.random.random() < expected % 1)):
            who = somebody(actors, self.random)
            browser = Browser(self.traffic, who, place.host, await sign_in(self.watcher, who))
            await acts.one_act(
                browser, self.random, today, tuple(settings_in(self.room.tenants, place).themes)
            )
        await follow_up(self.watcher, self.traffic, place, actors, today, busy, self.random)
        await self.answer_emails(place, actors, today, busy)

    async def answer_emails(
        self, place: SimulatedSchool, actors: list[Actor], today: date, busy: float
    ) -> None:
        """Open the links of some emails and perform the next action."""
        await self.emails.of_today(self.watcher, self.places, self.faults, killed=bool(self.room.kills))
        by_address = {one.email: one for one in actors}
        for to, path in sorted({one for one in self.emails.links if one[0] in by_address}):
            if self.random.random() < ANSWERED * busy:
                who = by_address[to]
                browser = Browser(self.traffic, who, place.host, await sign_in(self.watcher, who))
                await acts.take_up(browser, path, self.random, today)

    async def kill_at_random(self) -> None:
        """Sometimes kill one of the processes during user actions."""
        if self.random.random() < self.plan.kills_per_day / sum(
            8 <= hour < 19 for hour, _ in self.plan.slots
        ):
            victim, pause = self.random.choice(("web", "worker", "postgres")), self.random.uniform(0, 1.5)
            await asyncio.sleep(pause)
            self.traffic.killed_at = time.monotonic()
            await asyncio.to_thread(self.room.kill, victim)
            self.traffic.killed_at = time.monotonic()

    async def check(self, today: date) -> None:
        """Run all checks of a day; the audit log's hash chain once a week."""
        self.read_log()
        if today.weekday() == 4:
            code, said = await self.room.command("audit", "verify", must_succeed=False)
            if code:
                self.faults.add("the chain of the audit log does not hold", said[-500:])
        await self.emails.of_today(self.watcher, self.places, self.faults, killed=bool(self.room.kills))
        for place in self.places:
            days, actors = self.days[place.code], await present(self.watcher, place.code, today)
            await checks.books(self.watcher, place.code, self.faults)
            await checks.money(self.watcher, place.code, FUND_PENCE, self.faults)
            await checks.states(self.watcher, place.code, self.faults)
            await checks.deadlines(self.watcher, place.code, days, today, self.faults)
            await checks.scheduled_jobs(self.watcher, place.code, today, days, self.faults)
            await checks.left_over(
                self.watcher,
                place.code,
                self.room.clock.now(),
                mail_may_leave=days.open(today),
                faults=self.faults,
            )
            await self.emails.may_be_read(
                self.watcher, self.traffic, place, actors, self.plan.emails_opened, self.random
            )
        await self.open_pages(today)

    async def open_pages(self, today: date) -> None:
        """Open every kind of page of each role of each authority, or of some roles each day, in turn."""
        there = {place.code: await present(self.watcher, place.code, today) for place in self.places}
        turns = [
            (place, role) for place in self.places for role in sorted({one.role for one in there[place.code]})
        ]
        share = max(1, round(len(turns) * self.plan.pages))
        first = (today - self.plan.start).days * share % len(turns)
        for place, role in (turns + turns)[first : first + share]:
            self.pages_opened += await pages.open_as(
                self.watcher,
                self.traffic,
                place.host,
                [one for one in there[place.code] if one.role == role],
                self.random,
            )

    def read_log(self) -> None:
        """Add the errors that web app and worker logged since the last call."""
        lines = self.room.log_lines()
        for line in lines[self.lines_read :]:
            if '"level":"error"' in line:
                said = json.loads(line)
                first = (said.get("errors") or [{}])[0]
                if first.get("code") == "f405" and self.room.expired() > self.expired:
                    self.expired += (
                        1  # signed before and used after the clock moved: not a fault of the product
                    )
                    continue
                where = [one for one in first.get("places", ()) if one.startswith("alongside/")][-1:]
                self.faults.add(
                    "an error in the log",
                    f"{said.get('event')} {first.get('kind')} {first.get('code')} {where}",
                )
            elif "Traceback" in line:
                self.faults.add("a traceback in the log", line)
        self.lines_read = len(lines)

    def report(self) -> list[str]:
        """The report: what was simulated, the faults, and the command that repeats the run."""
        largest = sorted(((size, kind) for kind, (size, _) in self.traffic.sizes.items()), reverse=True)
        arguments = f"--seed {self.plan.seed} --days {self.plan.days} --start {self.plan.start} --schools {','.join(map(str, self.plan.sizes))}"
        return [
            f"seed {self.plan.seed}: {self.plan.days} days from {self.plan.start}, schools {self.plan.sizes}",
            f"acts done: {self.traffic.acts.total()}, refused: {self.traffic.refused.total()}, sent again: {self.traffic.sent_again}",
            f"pages opened by the checks: {self.pages_opened}; answers: {dict(sorted(self.traffic.statuses.items()))}",
            f"emails: {self.emails.total}; kills: {self.room.kills or 'none'}; happened: {dict(self.happened)}",
            "acts: " + ", ".join(f"{kind} {count}" for kind, count in self.traffic.acts.most_common(60)),
            "refusals:",
            *(f"    {count} {why}" for why, count in self.traffic.reasons.most_common(20)),
            "largest pages: " + ", ".join(f"{kind} {size:,}" for size, kind in largest[:8]),
            f"faults: {self.faults.counts.total()}",
            *self.faults.lines(),
            f'the same again: make simulate ARGS="{arguments}"',
        ]


def at(day: date, hour: int, minute: int) -> datetime:
    """A London time as a datetime."""
    return datetime.combine(day, time_of_day(hour, minute), LONDON)


async def simulate(plan: Plan) -> Year:
    """Run a simulation. The returned Year has the faults."""
    random, faults = Random(plan.seed), Faults(plan.start)
    names = (
        ("county", "County", 903, 100_000),
        ("borough", "Borough", 904, 14_000),
        ("third", "Third", 905, 20_000),
    )
    places = [
        make_school(*names[number][:3], size, names[number][3], Random(plan.seed * 10 + number), number)
        for number, size in enumerate(plan.sizes)
    ]
    async with (
        machines(at(plan.start - timedelta(days=2), 8, 0)) as room,
        httpx.AsyncClient(base_url=room.web_url, timeout=60) as http,
        httpx.AsyncClient(base_url=room.desk_url, timeout=60) as desk,
    ):
        watcher = Watcher(room)
        traffic = Traffic(http, faults, random, plan.size_limit)
        traffic.strangers = {
            place.host: [NAMES[other.number] for other in places if other is not place] for place in places
        }
        year = Year(
            plan, room, watcher, traffic, Staffing(watcher, traffic, desk, random), Emails(room.office), faults, random,
            places, {place.code: Days(set()) for place in places},
        )  # fmt: skip
        try:
            began = time.monotonic()
            await year.settle()
            room.clock.move_to(at(plan.start, 0, 5))
            room.start_web(plan.web)
            await room.until_open(places[0].host)
            plan.say(f"settled {plan.sizes} schools in {time.monotonic() - began:.1f} s")
            await year.run()
        finally:
            await watcher.close()
    return year
