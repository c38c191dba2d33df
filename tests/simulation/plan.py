"""Parameters of a simulated year, its command line, and what the seed decides before the first day."""

import argparse
import shlex
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.simulation.calendar import Days

Slot = tuple[int, int]
SLOTS: tuple[Slot, ...] = ((8, 20), (10, 40), (13, 30), (16, 40))
"""Times in London to which the clock moves on a school day."""

CLOSED_SLOT: Slot = (10, 40)
"""The time to which the clock moves on a day without school."""

VICTIMS = ("web", "worker", "postgres")


@dataclass(frozen=True, slots=True)
class Kill:
    """The end of one process, `after` seconds from the start of the user actions at `slot`."""

    slot: Slot
    victim: str
    after: float


@dataclass(frozen=True)
class Plan:
    """Parameters of a simulation. `sizes` are the numbers of schools; `pace` multiplies the number of actions;
    `kills` is the average per day; `pages` is the share of roles whose pages are all opened on a school day, in turn.
    """

    seed: int = 1
    start: date = date(2026, 8, 24)
    days: int = 365
    sizes: tuple[int, ...] = (519, 68)
    pace: float = 1.0
    kills: float = 0.1
    size_limit: int = 100_000
    web: int = 1
    lanes: int = 1
    emails_opened: int = 20
    pages: float = 0.2
    slots: tuple[Slot, ...] = SLOTS
    say: Callable[[str], None] = field(default=print, compare=False)

    def random(self, *names: object) -> Random:
        """The random numbers for one purpose, which do not depend on what else happened in the run."""
        return Random(":".join(str(one) for one in (self.seed, *names)))

    def dates(self) -> list[date]:
        """The days that are simulated: school days, and some of the days without school.

        Without school these are the first day of a weekend or holiday, each Wednesday, and the first of a month.
        """
        days = Days(set())
        every = [self.start + timedelta(days=number) for number in range(self.days)]
        return [
            day
            for day in every
            if days.open(day) or day.day == 1 or day.weekday() == 2 or days.open(day - timedelta(days=1))
        ]

    @property
    def is_short(self) -> bool:
        """Whether the run is so short that a register release and a conversion are not left to chance."""
        return self.days < 28

    def has_release(self, day: date) -> bool:
        """Whether a release of the register is published on a day: each first of a month, and once in any run."""
        dates = self.dates()
        return day.day == 1 or (day == dates[0] and self.is_short and all(one.day != 1 for one in dates))

    def slots_on(self, day: date) -> tuple[Slot, ...]:
        """The times of a day."""
        return self.slots if Days(set()).open(day) else (CLOSED_SLOT,)

    def kills_by_day(self) -> dict[date, list[Kill]]:
        """All kills: on school days, and at least one of each process unless `kills` is 0."""
        found: dict[date, list[Kill]] = defaultdict(list)
        days = [day for day in self.dates() if Days(set()).open(day)]
        if self.kills and days:
            random = self.random("kills")
            count = max(len(VICTIMS), round(self.kills * len(days)))
            victims = [*VICTIMS, *(random.choice(VICTIMS) for _ in range(count - len(VICTIMS)))]
            for victim in victims:
                kill = Kill(random.choice(self.slots), victim, round(random.uniform(0, 1.5), 2))
                found[random.choice(days)].append(kill)
        return found

    def arguments(self) -> str:
        """The arguments of the command that repeats this run."""
        said: list[str] = []
        for name, (_, write) in OPTIONS.items():
            value = getattr(self, name)
            if name == "seed" or value != getattr(Plan, name):
                said += [f"--{name.replace('_', '-')}", write(value)]
        return shlex.join(said)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(","))


def _slots(text: str) -> tuple[Slot, ...]:
    return tuple((int(one[:2]), int(one[3:])) for one in text.split(","))


OPTIONS: dict[str, tuple[Callable[[str], object], Callable[..., str]]] = {
    "seed": (int, str),
    "start": (date.fromisoformat, str),
    "days": (int, str),
    "sizes": (_sizes, lambda sizes: ",".join(map(str, sizes))),
    "pace": (float, repr),
    "kills": (float, repr),
    "size_limit": (int, str),
    "web": (int, str),
    "lanes": (int, str),
    "emails_opened": (int, str),
    "pages": (float, repr),
    "slots": (_slots, lambda slots: ",".join(f"{hour:02}:{minute:02}" for hour, minute in slots)),
}
"""For each field of a plan with an option of its own: how it is read and written."""

HELP = {
    "start": "the first day, YYYY-MM-DD",
    "sizes": "how many schools each authority has",
    "pace": "how much people do; 1 is about one action a school and week",
    "kills": "kills a school day, on average; at least one of each process unless it is 0",
    "size_limit": "bytes of HTML that a page may have",
    "web": "number of web processes",
    "lanes": "how many people act at the same moment; with more than 1 the order of acts is not repeated",
    "emails_opened": "how many emailed links are opened in an authority at the end of a day",
    "pages": "share of the roles whose pages are all opened on a school day",
    "slots": "times of a school day, as 08:20,16:40",
}


def parse(arguments: Sequence[str] | None = None, description: str = "") -> Plan:
    """The plan of a command line. Exits with a message when an argument is wrong."""
    parser = argparse.ArgumentParser(description=description)
    for name, (read, write) in OPTIONS.items():
        default = getattr(Plan, name)
        notified = f"{HELP.get(name, name)} ({write(default)})".replace("%", "%%")
        parser.add_argument(f"--{name.replace('_', '-')}", type=read, default=default, help=notified)
    return Plan(**vars(parser.parse_args(arguments)))
