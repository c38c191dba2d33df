"""Fills in forms: existing values stay, empty fields get a value by their name."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.simulation.html import Field, Form

SENTENCES = (
    "Every class is taught by somebody who has seen it done well.",
    "Two in three pupils reach the standard, and nine in ten should.",
    "Our leader of the subject is new and would like to watch lessons.",
    "Results have fallen for two years; “phonics” above all.",
    "We meet every second Tuesday after school and plan a sequence of six lessons.",
)
TITLES = (
    "Fluency in Year 3",
    "Writing across the school",
    "Attendance of Year 9",
    "Phonics that works",
    "A sequence for number",
    "Reading in every subject",
)
DATES = ("_on", "_until", "until", "_by")
TODAY_OR_BEFORE = (
    "visit_on",
    "taken_on",
    "notice_on",
    "referred_on",
    "discussed_on",
    "decided_on",
    "called_on",
    "agreed_on",
)


def british(day: date) -> str:
    """A date in the British format."""
    return f"{day.day}/{day.month}/{day.year}"


def bases(form: Form) -> set[str]:
    """The names of a form's fields; the three boxes of a date count as one."""
    return {
        one.name.removesuffix("-day") for one in form.fields if not one.name.endswith(("-month", "-year"))
    }


def fill(form: Form, random: Random, today: date, **given: Any) -> dict[str, Any]:
    """The values to send for a form. `given` are fixed values; None omits a field."""
    sent: dict[str, Any] = {}
    groups: dict[str, list[Field]] = {}
    for one in form.fields:
        if one.kind in ("radio", "checkbox", "submit"):
            groups.setdefault(one.name, []).append(one)
        elif one.kind != "file":
            sent |= _typed(one, random, today)
    for name, some in groups.items():
        chosen = _chosen(name, some, random)
        if chosen:
            sent[name] = chosen if len(chosen) > 1 else chosen[0]
    return _in_parts(form, sent | given, given)


def _typed(one: Field, random: Random, today: date) -> dict[str, str]:
    """The value of a field: the existing one or a generated one. The day box handles a whole date."""
    base, _, part = one.name.rpartition("-")
    if part in ("day", "month", "year"):
        if one.value:
            return {one.name: one.value}
        return {base: written(base, "date", random, today)} if part == "day" else {}
    if one.kind == "select":
        options = [option for option in one.options if option]
        return {one.name: one.value or (random.choice(options) if options else "")}
    standing = one.kind == "hidden" or one.value
    return {one.name: one.value if standing else written(one.name, one.kind, random, today)}


def _in_parts(form: Form, sent: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Dates as three boxes. Existing values stay unless they are given."""
    for name in [one.name.removesuffix("-day") for one in form.fields if one.name.endswith("-day")]:
        typed = sent.pop(name, None)
        if name in given or f"{name}-day" not in sent:
            parts = (typed or "//").split("/")
            sent |= {
                f"{name}-{part}": value for part, value in zip(("day", "month", "year"), parts, strict=True)
            }
    return {name: value for name, value in sent.items() if value is not None}


def _chosen(name: str, some: list[Field], random: Random) -> list[str]:
    standing = [one.value for one in some if one.chosen]
    if some[0].kind == "submit":
        return [some[0].value]
    if standing:
        return standing
    if some[0].kind == "radio":
        return [random.choice(some).value]
    if len(some) == 1:
        return [some[0].value] if random.random() < 0.5 else []
    return [one.value for one in random.sample(some, min(len(some), random.choice((1, 1, 2))))]


RULES: tuple[tuple[Callable[[str], bool], Callable[[Random, date], str]], ...] = (
    (lambda name: name in TODAY_OR_BEFORE, lambda random, today: british(today - timedelta(days=random.choice((0, 0, 1, 2))))),
    (lambda name: name.startswith(("starts", "first")), lambda random, today: british(today + timedelta(days=random.randint(1, 20)))),
    (lambda name: name.startswith(("ends", "last")), lambda random, today: british(today + timedelta(days=random.randint(30, 120)))),
    (lambda name: name.endswith(DATES), lambda random, today: british(today + timedelta(days=random.randint(5, 60)))),
    (lambda name: "days" in name or name in ("hours", "staff_hours"), lambda random, _: random.choice(("0.5", "1", "1.5", "2", "3"))),
    (lambda name: "pence" in name or "cost" in name, lambda random, _: random.choice(("0", "250", "1200", "4800"))),
    (lambda name: name.endswith(("_max", "miles", "number")), lambda random, _: random.choice(("1", "2", "3", "15"))),
    (lambda name: "email" in name, lambda random, _: f"new.person{random.randrange(10**6)}@schools.gov.uk"),
    (lambda name: name == "q" or "url" in name, lambda _, __: ""),
)  # fmt: skip
"""Rules for the text of an empty field, by field name. The first match applies."""


def written(name: str, kind: str, random: Random, today: date) -> str:
    """The text for an empty field of this name."""
    for fits, write in RULES:
        if fits(name):
            return write(random, today)
    return random.choice(SENTENCES if kind == "textarea" else TITLES)
