"""Runs the days of a simulated year: register and calendar changes, user actions, kills and checks."""

import asyncio
import json
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from random import Random

import httpx

from alongside.features.authorities.settings import AuthoritySettings
from alongside.settings import bundled
from tests.simulation import acts, checks, pages
from tests.simulation.browser import PATIENCE as PATIENCE_OF_BROWSERS
from tests.simulation.browser import Browser, Traffic, pattern_of
from tests.simulation.calendar import LONDON, Days
from tests.simulation.database import Watcher
from tests.simulation.deadlines import PATIENCE, deadlines
from tests.simulation.emails import Emails
from tests.simulation.faults import Faults
from tests.simulation.following import follow_up
from tests.simulation.lanes import Lanes
from tests.simulation.machines import Machines, machines
from tests.simulation.people import Actor, present, sign_in, somebody, staff
from tests.simulation.plan import Kill, Plan, Slot
from tests.simulation.schools import (
    FUND_PENCE,
    NAMES,
    SimulatedSchool,
    apply_month,
    financial_year,
    fund_key,
    make_school,
    register_file,
    tenant_file,
)
from tests.simulation.staffing import Staffing, assign_new_schools
from tests.simulation.waiting import settings_in, until_quiet

ACTS_PER_SCHOOL = 0.18
"""Average number of actions per school and school day: about one a week."""

AT_WEEKENDS = 0.05
"""The number of actions on a day without school, as a share of those on a school day."""

ANSWERED = 0.3
"""Share of email recipients who act in the same part of the day."""

NEW_FUND_AFTER = (0, 20)
"""Days after 1 April on which an authority adds the fund of the new financial year, at least and at most."""


@dataclass
class Year:
    """One run: authorities, traffic and faults. `spent` is real time by kind of work, in seconds."""

    plan: Plan
    room: Machines
    watcher: Watcher
    traffic: Traffic
    staffing: Staffing
    emails: Emails
    faults: Faults
    places: list[SimulatedSchool]
    days: dict[int, Days]
    lanes: Lanes
    known: dict[int, AuthoritySettings] = field(default_factory=dict)
    replay: checks.StateReplay = field(default_factory=checks.StateReplay)
    spending: checks.Spending = field(default_factory=checks.Spending)
    happened: Counter[str] = field(default_factory=Counter)
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    stopping: bool = False
    checked: date = date.min
    pages_opened: int = 0
    roles_opened: int = 0
    roles_due: float = 0
    lines_read: int = 0
    expired: int = 0

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the time of a block to `spent`."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.spent[what] += time.monotonic() - began

    async def settle(self) -> None:
        """Create the authorities, import their registers, assign schools to consortia, and create the people."""
        self.room.tenants.joinpath("_defaults.toml").write_bytes(
            bundled("tenants").joinpath("_defaults.toml").read_bytes()
        )
        self.room.clock.move_to(at(self.plan.start - timedelta(days=2), (9, 0)))
        await asyncio.gather(*(self.create(place) for place in self.places))

    async def create(self, place: SimulatedSchool) -> None:
        """Create one authority."""
        place.fund_years.append(financial_year(self.plan.start))
        await self.apply(place)
        await self.import_register(place, self.plan.start - timedelta(days=2))
        await assign_new_schools(self.room, self.watcher, place)
        since = self.plan.start - timedelta(days=400)
        await staff(self.watcher, place, since, self.plan.random("people", place.slug))

    async def run(self) -> None:
        """Run all days."""
        kills = self.plan.kills_by_day()
        self.checked = self.plan.start - timedelta(days=1)
        for today in self.plan.dates():
            if self.stopping:
                self.plan.say(f"stopped before {today}")
                return
            self.faults.today = today
            self.emails.begin_day()
            before, began = self.faults.counts.total(), time.monotonic()
            await self.run_day(today, kills.get(today, []))
            await self.check(today)
            self.checked = today
            self.plan.say(
                f"{today:%a %d %b %Y}: {self.traffic.acts.total()} acts, {self.emails.total} emails, "
                f"{sum(self.room.kills.values())} kills, {self.faults.counts.total() - before} new faults, "
                f"{time.monotonic() - began:.1f} s"
            )
            for line in self.faults.of(today):
                self.plan.say(f"    {line}")

    def stop(self) -> None:
        """End the run after this day."""
        self.stopping = True

    async def run_day(self, today: date, kills: list[Kill]) -> None:
        """Run one day."""
        slots = self.plan.slots_on(today)
        for slot in slots:
            self.room.clock.move_to(at(today, slot))
            if slot == slots[0]:
                with self.timed("changes"):
                    await self.apply_changes(today)
            killer = asyncio.create_task(self.kill(kill for kill in kills if kill.slot == slot))
            with self.timed("acts"):
                share, killed = 1 / len(slots), bool(self.room.kills)
                await self.emails.of_today(self.watcher, self.places, self.faults, killed=killed)
                await self.lanes.side_by_side(
                    partial(self.act, place, today, slot, share) for place in self.places
                )
                await killer
            with self.timed("waiting for the worker"):
                await until_quiet(self.watcher, self.known, self.places, self.room.clock, self.faults)

    async def apply_changes(self, today: date) -> None:
        """Apply changes of registers, funds, calendars and staff."""
        await asyncio.gather(*(self.change_settings(place, today) for place in self.places))
        for place in self.places:
            actors = await present(self.watcher, place.code, today)
            random = self.plan.random("staff", place.slug, today)
            self.happened.update(await self.staffing.come_and_go(place, actors, today, random))
        self.happened["roles taken up"] += await self.staffing.take_up(self.emails, self.places)

    async def change_settings(self, place: SimulatedSchool, today: date) -> None:
        """Import the month's register release, add a fund, and change the calendar, for one authority."""
        first = today == self.plan.start and place is self.places[0]
        if self.plan.has_release(today):
            for one in apply_month(place, today, at_least=1 if self.plan.is_short else 0):
                self.happened[one.kind] += 1
            await self.import_register(place, today)
            await assign_new_schools(self.room, self.watcher, place)
        await self.add_fund(place, today)
        random = self.plan.random("calendar", place.slug, today)
        if first or random.random() < 1 / 60:
            await self.change_calendar(place, today + timedelta(days=random.randint(4, 30)))

    async def import_register(self, place: SimulatedSchool, today: date) -> None:
        """Import a register release."""
        file = register_file(place, self.room.folder, today)
        await self.room.command("schools", "import", str(file), "--authority", place.slug, "--yes")
        self.happened["register releases"] += 1

    async def add_fund(self, place: SimulatedSchool, today: date) -> None:
        """Add the fund of a new financial year, some days after it began."""
        year = financial_year(today)
        if year in place.fund_years:
            return
        began = date(int(year[:4]), 4, 1)
        if (today - began).days >= self.plan.random("fund", place.slug, year).randint(*NEW_FUND_AFTER):
            place.fund_years.append(year)
            await self.apply(place)
            self.happened["funds added"] += 1

    async def change_calendar(self, place: SimulatedSchool, day: date) -> None:
        """Add a training day of the authority."""
        if self.days[place.code].open(day):
            self.days[place.code].inset.add(day)
            await self.apply(place)
            self.happened["calendars changed"] += 1

    async def apply(self, place: SimulatedSchool) -> None:
        """Apply the authority's settings."""
        file = self.room.tenants / f"{place.slug}.toml"
        file.write_text(tenant_file(place, sorted(self.days[place.code].inset)))
        await self.room.command("authority", "apply", place.slug, "--yes")
        self.known[place.code] = settings_in(self.room.tenants, place)

    async def act(self, place: SimulatedSchool, today: date, slot: Slot, share: float) -> None:
        """Perform the user actions of an authority in one part of a day, which is a `share` of the day."""
        actors = await present(self.watcher, place.code, today)
        busy = 1.0 if self.days[place.code].open(today) else AT_WEEKENDS
        key = (place.slug, today, slot)
        expected = len(place.open_schools) * ACTS_PER_SCHOOL * busy * share * self.plan.pace
        count = int(expected) + (self.plan.random("acts", *key).random() < expected % 1)
        randoms = [self.plan.random("act", *key, number) for number in range(count)]
        await self.lanes.run(partial(self.act_once, place, actors, today, random) for random in randoms)
        random = self.plan.random("following", *key)
        await follow_up(self.watcher, self.traffic, self.lanes, place, actors, today, busy, random)
        await self.answer_emails(place, actors, today, busy, slot)

    async def act_once(
        self, place: SimulatedSchool, actors: list[Actor], today: date, random: Random
    ) -> None:
        """Perform one action as somebody."""
        who = somebody(actors, random)
        browser = Browser(self.traffic, who, place.host, await sign_in(self.watcher, who))
        await acts.one_act(browser, random, today, tuple(self.known[place.code].themes))

    async def answer_emails(
        self, place: SimulatedSchool, actors: list[Actor], today: date, busy: float, slot: Slot
    ) -> None:
        """Open the links of some emails and perform the next action."""
        random = self.plan.random("answers", place.slug, today, slot)
        by_address = {one.email: one for one in actors}
        links = dict.fromkeys(one for one in self.emails.links if one[0] in by_address)
        chosen = []
        for to, path in sorted(links, key=lambda one: (one[0], pattern_of(one[1]))):
            if random.random() < ANSWERED * busy:
                own = Random(random.getrandbits(64))
                chosen.append(partial(self.answer, place, by_address[to], path, today, own))
        await self.lanes.run(chosen)

    async def answer(
        self, place: SimulatedSchool, who: Actor, path: str, today: date, random: Random
    ) -> None:
        """Open the link of an email and perform the next action."""
        browser = Browser(self.traffic, who, place.host, await sign_in(self.watcher, who))
        await acts.take_up(browser, path, random, today)

    async def kill(self, kills: Iterator[Kill]) -> None:
        """Kill processes during user actions."""
        for one in kills:
            await asyncio.sleep(one.after)
            self.traffic.killed_at = time.monotonic()
            await asyncio.to_thread(self.room.kill, one.victim)
            self.traffic.killed_at = time.monotonic()

    async def check(self, today: date) -> None:
        """Run all checks of a day; the audit log's hash chain each month in a long run, and on the last day."""
        self.read_log()
        if today == self.plan.dates()[-1] or (today.day == 1 and not self.plan.is_short):
            with self.timed("audit verify"):
                code, said = await self.room.command("audit", "verify", must_succeed=False)
            if code:
                self.faults.add("the chain of the audit log does not hold", said[-500:])
            with self.timed("ledger verify"):
                code, said = await self.room.command("ledger", "verify", must_succeed=False)
            if code:
                self.faults.add("the ledger is not in order", said[-500:])
        await self.emails.of_today(self.watcher, self.places, self.faults, killed=bool(self.room.kills))
        for place in self.places:
            with self.timed("checks of rows"):
                await self.check_rows(place, today)
            with self.timed("emailed links"):
                await self.emails.may_be_read(
                    self.watcher, self.traffic, place, await present(self.watcher, place.code, today),
                    self.plan.emails_opened, self.plan.random("emails", place.slug, today),
                )  # fmt: skip
        if Days(set()).open(today):
            with self.timed("pages"):
                await self.open_pages(today)

    async def check_rows(self, place: SimulatedSchool, today: date) -> None:
        """Check the rows of one authority."""
        days, code = self.days[place.code], place.code
        await checks.books(self.watcher, code, self.faults)
        funds = {fund_key(year) for year in place.fund_years}
        this_year = fund_key(financial_year(today))
        await self.spending.check(self.watcher, code, funds, this_year, FUND_PENCE, self.faults)
        await self.replay.check(self.watcher, code, self.faults)
        await deadlines(self.watcher, code, days, today, self.faults, PATIENCE)
        await checks.scheduled_jobs(self.watcher, code, self.checked, today, days, self.faults)
        now, mail_may_leave = self.room.clock.now(), days.open(today)
        await checks.left_over(self.watcher, code, now, mail_may_leave=mail_may_leave, faults=self.faults)

    async def open_pages(self, today: date) -> None:
        """Open every kind of page of some roles, in turn, and compare the days on a head's home page."""
        there = {place.code: await present(self.watcher, place.code, today) for place in self.places}
        turns = [
            (place, role) for place in self.places for role in sorted({one.role for one in there[place.code]})
        ]
        self.roles_due += len(turns) * self.plan.pages
        while self.roles_opened < self.roles_due:
            place, role = turns[self.roles_opened % len(turns)]
            self.roles_opened += 1
            actors = [one for one in there[place.code] if one.role == role]
            random = self.plan.random("pages", place.slug, role, today)
            self.pages_opened += await pages.open_as(
                self.watcher, self.traffic, self.lanes, place.host, actors, random
            )
        for place in self.places:
            heads = [one for one in there[place.code] if one.role == "headteacher"]
            random = self.plan.random("home", place.slug, today)
            await pages.days_of_the_year(
                self.watcher, self.traffic, place.host, place.code, heads, today, random
            )

    def read_log(self) -> None:
        """Add the errors that web app and worker logged since the last call."""
        lines = self.room.log_lines()
        for line in lines[self.lines_read :]:
            if '"level":"error"' in line:
                said = json.loads(line)
                first = (said.get("errors") or [{}])[0]
                if first.get("code") in ("f405", "dbapi") and self.room.expired() > self.expired:
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


def at(day: date, slot: Slot) -> datetime:
    """A London time as a datetime."""
    return datetime.combine(day, time_of_day(*slot), LONDON)


def invent(plan: Plan) -> list[SimulatedSchool]:
    """The authorities of a plan."""
    names = (
        ("county", "County", 903, 100_000),
        ("borough", "Borough", 904, 14_000),
        ("third", "Third", 905, 20_000),
    )
    return [
        make_school(*names[number][:3], size, names[number][3], plan.random("schools", number), number)
        for number, size in enumerate(plan.sizes)
    ]


async def simulate(plan: Plan) -> Year:
    """Run a simulation. The returned Year has the faults."""
    faults, places = Faults(plan.start), invent(plan)
    async with (
        machines(at(plan.start - timedelta(days=2), (8, 0))) as room,
        httpx.AsyncClient(base_url=room.web_url, timeout=PATIENCE_OF_BROWSERS) as http,
        httpx.AsyncClient(base_url=room.desk_url, timeout=PATIENCE_OF_BROWSERS) as desk,
    ):
        watcher = Watcher(room)
        traffic = Traffic(http, faults, plan.size_limit)
        traffic.strangers = {
            place.host: [NAMES[other.number] for other in places if other is not place] for place in places
        }
        year = Year(
            plan, room, watcher, traffic, Staffing(watcher, traffic, desk), Emails(room.office), faults,
            places, {place.code: Days(set()) for place in places}, Lanes(plan.lanes),
        )  # fmt: skip
        try:
            with year.timed("settling in"):
                await year.settle()
                room.clock.move_to(at(plan.start, (0, 5)))
                room.start_web(plan.web)
                await room.until_open(places[0].host)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, year.stop)
            plan.say(f"settled {plan.sizes} schools in {year.spent['settling in']:.1f} s")
            await year.run()
        finally:
            await watcher.close()
    return year
