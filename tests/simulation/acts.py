"""User actions of a simulated day: posting, answering, and working on agreements and escalations."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.simulation.browser import Browser, Opened
from tests.simulation.filling import bases, british, fill
from tests.simulation.html import Form

STEPS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (r"/proposals/[^/]+/acceptance$", 9), (r"/proposals/[^/]+/refusal$", 2), (r"/counter-proposal$", 1.5),
        (r"/more-time$", 0.7), (r"/proposals/[^/]+/release$", 9), (r"/release-refusal$", 1),
        (r"/proposals/[^/]+/withdrawal$", 0.2),
        (r"/(needs|offers)/[^/]+/proposals/new$", 4), (r"/(needs|offers)/[^/]+/confirmation$", 2),
        (r"/(needs|offers)/[^/]+/edit$", 0.8), (r"/(needs|offers)/[^/]+/pause$", 0.2),
        (r"/(needs|offers)/[^/]+/post$", 8), (r"/(needs|offers)/[^/]+/withdrawal$", 0.2),
        (r"/(needs|offers)/[^/]+/reopening$", 1), (r"/needs/[^/]+/send$", 5), (r"/offers/[^/]+/extension$", 1),
        (r"/agreements/[^/]+/aims/new$", 2), (r"/agreements/[^/]+/signature$", 9),
        (r"/agreements/[^/]+/aims/[^/]+$", 0.2), (r"/agreements/[^/]+/visits/new$", 4),
        (r"/agreements/[^/]+/reviews/half-way$", 0.6), (r"/agreements/[^/]+/reviews/closing$", 0.5),
        (r"/agreements/[^/]+/amendments/new$", 0.4), (r"/agreements/[^/]+/early-end$", 0.1),
        (r"/visits/[^/]+/record$", 4), (r"/visits/[^/]+/cancellation$", 0.4),
        (r"/amendments/[^/]+/agreement$", 6), (r"/amendments/[^/]+/refusal$", 1), (r"/amendments/[^/]+/withdrawal$", 0.3),
        (r"/escalations/[^/]+/acknowledgement$", 9), (r"/escalations/[^/]+/decision$", 7), (r"/escalations/[^/]+/plan$", 7),
        (r"/escalations/[^/]+/owner$", 1), (r"/escalations/[^/]+/notes$", 1), (r"/escalations/[^/]+/tasks/new$", 1.5),
        (r"/escalation-tasks/[^/]+/(completion|edition|drop|reopening)$", 1.5), (r"/escalation-criteria/[^/]+/met$", 2),
        (r"/escalation-criteria/[^/]+/drop$", 0.2), (r"/escalations/[^/]+/review$", 3), (r"/escalations/[^/]+/wait$", 0.7),
        (r"/escalations/[^/]+/resumption$", 3), (r"/escalations/[^/]+/return$", 2), (r"/escalations/[^/]+/accept-return$", 5),
        (r"/escalations/[^/]+/closing$", 1), (r"/escalations/[^/]+/decline-return$", 0.4), (r"/escalations/[^/]+/notify-school$", 2),
        (r"/escalations/[^/]+/visits/new$", 1), (r"/escalations/[^/]+/statutory-steps/new$", 0.2), (r"/escalations/[^/]+/escalate$", 0.2),
        (r"/escalations/[^/]+/de-escalate$", 2), (r"/escalations/[^/]+/(merger|withdrawal|reopening|overruling)$", 0.2),
        (r"/escalations/[^/]+/matching$", 0.5), (r"/escalations/[^/]+/readers$", 0.3),
        (r"/directory/[^/]+/submission$", 7), (r"/directory/[^/]+/consent$", 5), (r"/directory/[^/]+/check$", 5),
        (r"/directory/[^/]+/verification$", 6), (r"/directory/[^/]+/return$", 0.6), (r"/directory/[^/]+/use$", 2),
        (r"/directory/[^/]+/edit$", 0.5), (r"/directory/[^/]+/(archive|retirement|retraction)$", 0.1),
        (r"/directory/[^/]+/restoration$", 1), (r"/directory/suggested-entries", 2),
        (r"/successions/[^/]+/successor$", 2), (r"/successions/[^/]+/end$", 1),
        (r"/visit-requests/new$", 2), (r"/visit-requests/[^/]+/answers/yes$", 6), (r"/visit-requests/[^/]+/answers/not-now$", 1),
        (r"/visit-requests/[^/]+/answers/(no|other-school)$", 1), (r"/visit-requests/[^/]+/confirmation$", 6),
        (r"/visit-requests/[^/]+/date$", 1), (r"/visit-requests/[^/]+/(cancellation|withdrawal)$", 0.3),
        (r"/visits/[^/]+/answer$", 3), (r"/visits/[^/]+/answer/acceptance$", 6), (r"/visits/[^/]+/hopes$", 1),
        (r"/visits/[^/]+/settlement$", 3), (r"/visits/[^/]+/removal$", 0.2), (r"/(proposals|visit-requests)/[^/]+/messages$", 1),
        (r"/tries/new$", 0.8), (r"/tries/[^/]+/outcome$", 4), (r"/tries/[^/]+/withdrawal$", 0.2),
        (r"/needs/[^/]+/visibility$", 1), (r"/needs/[^/]+/visibility/(request|refusal|undo)$", 0.5),
        (r"/notices/new$", 1), (r"/notices/[^/]+/sending$", 6), (r"/notices/[^/]+/questions/new$", 1),
        (r"/notices/[^/]+/questions/[^/]+/answer$", 4), (r"/notices/[^/]+/(edition|correction|withdrawal)$", 0.3),
        (r"/consultations/new$", 0.5), (r"/consultations/[^/]+/questions/new$", 2), (r"/consultations/[^/]+/opening$", 4),
        (r"/consultations/[^/]+/answer$", 5), (r"/consultations/[^/]+/decision$", 3), (r"/consultations/[^/]+/withdrawal$", 0.1),
        (r"/categories/new$", 3), (r"/categories/[^/]+/invitation$", 1), (r"/categories/[^/]+/discussion$", 4),
        (r"/categories/[^/]+/moderation$", 5), (r"/categories/[^/]+/agreement$", 4), (r"/categories/[^/]+/notification$", 5),
        (r"/categories/[^/]+/appeal$", 0.7), (r"/categories/[^/]+/hearing$", 5), (r"/categories/[^/]+/(change|withdrawal)$", 0.2),
        (r"/schools/[^/]+/(watch|unwatch)$", 0.3), (r"/agreements/[^/]+/challenge$", 0.1),
        (r"/plans/[^/]+/send$", 5), (r"/plans/[^/]+/adoption$", 5), (r"/plans/[^/]+/refusal$", 1),
    )
)  # fmt: skip
ROOMS = {
    "headteacher": (("/proposals", 3), ("/agreements", 5), ("/needs", 2), ("/offers", 2), ("/directory", 2), ("/home", 1), ("/notifications", 0.5), ("/directory/entries", 1), ("/visit-requests", 2), ("/notices", 0.5), ("/consultations", 1), ("/categories", 0.5)),
    "delegate": (("/proposals", 2), ("/agreements", 5), ("/needs", 1), ("/directory", 2), ("/directory/entries", 1)),
    "consortium_lead": (("/consortium", 2), ("/escalations", 3), ("/plans", 2), ("/needs", 1), ("/proposals", 1), ("/directory/entries", 1), ("/categories", 2), ("/notices", 0.5)),
    "consortium_deputy": (("/consortium", 2), ("/escalations", 2), ("/needs", 1), ("/directory/entries", 1)),
    "core_officer": (("/escalations", 8), ("/directory/entries", 2), ("/needs", 1), ("/plans", 1), ("/agreements", 1), ("/categories", 3), ("/consultations", 1), ("/notices", 0.5)),
    "head_of_service": (("/escalations", 4), ("/directory/insights", 1), ("/plans", 1), ("/categories", 2), ("/consultations", 1)),
    "authority_administrator": (("/people", 1), ("/failed-emails", 1), ("/data-protection", 1)),
}  # fmt: skip


OF_THE_LIST = 0.15
"""Share of visits to a list in which one of its own actions is taken, such as a new notice."""


def weight_of(path: str) -> float:
    """The weight of an action on a page; 0 for forms that are not actions."""
    plain = path.partition("?")[0]
    return next((weight for pattern, weight in STEPS if pattern.search(plain)), 0.0)


async def look_in(browser: Browser, random: Random, today: date) -> str:
    """Open a list, then one item or the list itself, and one of its actions. Returns the path posted to, or ''."""
    rooms = ROOMS.get(browser.who.role, (("/home", 1),))
    room = random.choices([path for path, _ in rooms], [weight for _, weight in rooms])[0]
    listed = await browser.open(room)
    things = [link for link in listed.page.links if re.search(r"/[0-9a-f]{8}-[0-9a-f-]{27}$", link)]
    own = [link for link in listed.page.links if weight_of(link)]
    if own and (not things or random.random() < OF_THE_LIST):
        return await take_up(browser, room, random, today)
    if not things:
        return ""
    return await take_up(browser, random.choice(things[:40]), random, today)


async def take_up(browser: Browser, path: str, random: Random, today: date) -> str:
    """Open a page and perform one of its actions."""
    opened = await browser.open(path)
    steps: list[tuple[float, str, Form | None]] = [
        (weight_of(form.action), form.action, form) for form in opened.page.forms if form.method == "post"
    ]
    steps += [(weight_of(link), link, None) for link in dict.fromkeys(opened.page.links)]
    steps = [one for one in steps if one[0]]
    if not steps:
        return ""
    _, address, form = random.choices(steps, [one[0] for one in steps])[0]
    if form is not None:
        await browser.send(form, fill(form, random, today), path)
        return address
    return await fill_in(browser, address, random, today)


async def fill_in(browser: Browser, path: str, random: Random, today: date, **given: Any) -> str:
    """Open a page with a form and send it; send it once more after validation errors."""
    opened = await browser.open(path)
    for _ in range(2):
        form = _main_form(opened)
        if form is None:
            return ""
        values = fill(form, random, today, **given | _known(form, path, random, today))
        done = await browser.send(form, values, path)
        if done.status != 422:
            return form.action or path
        opened = done
    return ""


def _main_form(opened: Opened) -> Form | None:
    forms = [one for one in opened.page.forms if one.method == "post" and not one.multipart]
    return max(forms, key=lambda one: len(one.fields), default=None)


def _known(form: Form, path: str, random: Random, today: date) -> dict[str, Any]:
    """Field values that depend on each other."""
    names = bases(form)
    known: dict[str, Any] = {}
    if {"starts_on", "ends_on"} <= names:
        starts = today + timedelta(days=random.randint(1, 15))
        known |= {
            "starts_on": british(starts),
            "ends_on": british(starts + timedelta(days=random.randint(20, 90))),
        }
    if "visit_on" in names:
        ahead = random.random() < 0.4 and path.endswith("visits/new")
        known["visit_on"] = british(today + timedelta(days=random.randint(1, 20)) if ahead else today)
        if "act" in names:
            known["act"] = "plan" if ahead else "record"
        if "days" in names:
            known["days"] = random.choice(("0.5", "0.5", "1"))
    return known


async def post_need(browser: Browser, random: Random, today: date, themes: Sequence[str]) -> str:
    """Post a need as a headteacher."""
    given = {
        "theme": random.choice(themes), "days": random.choice(("1", "2", "2.5", "3")), "days_not_sure": None, "when_not_sure": "y",
        "terms": None, "starts_on": None, "ends_on": None, "act": "post", "checked_second": "y", "addressed_urn": "",
        "audience": random.choice(("widening", "widening", "everybody", "consortium")),
        "urgency": random.choice(("now", "this_term", "planned")), "title": f"Need {random.randrange(10**9)}",
    }  # fmt: skip
    return await fill_plainly(browser, "/needs/new", random, today, given)


async def post_offer(browser: Browser, random: Random, today: date, themes: Sequence[str]) -> str:
    """Post an offer as a headteacher."""
    theme = random.choice(themes)
    given = {
        "themes": theme, f"evidence_{theme}": "Nine in ten reach the standard.", "designation": "", "leader_is_head": "y",
        "designation_until": "", "days_total": random.choice(("3", "5", "6", "8")), "engagements_max": "3",
        "when_not_sure": "y", "terms": None, "starts_on": None, "ends_on": None, "travel_miles": "60", "act": "post",
        "appetite": random.choice(("yes", "yes", "maybe")), "appetite_reason": "", "ask_again_on": None,
        "audience": random.choice(("widening", "everybody")), "title": f"Offer {random.randrange(10**9)}",
        "forms_of_support": ["coaching", "visit_in"],
    }  # fmt: skip
    return await fill_plainly(browser, "/offers/new", random, today, given)


async def set_training_day(browser: Browser, random: Random, today: date) -> str:
    """Add a training day of a school as its headteacher, which moves deadlines."""
    path = f"/schools/{browser.who.school_urn}/days"
    opened = await browser.open(path)
    form = opened.form("/training-days")
    if form is None:
        return ""
    day = today + timedelta(days=random.randint(3, 25))
    names = [one for one in bases(form) if "day" in one]
    done = await browser.send(form, fill(form, random, today, **dict.fromkeys(names, british(day))), path)
    return done.path


async def raise_escalation(browser: Browser, random: Random, today: date) -> str:
    """Raise an escalation about a school as a lead."""
    asked = await browser.open("/escalations/new")
    schools = [
        value
        for form in asked.page.forms
        for one in form.fields
        if one.name == "school"
        for value in one.options
        if value
    ]
    if not schools:
        return ""
    path = f"/escalations/new?school={random.choice(schools)}"
    opened = await browser.open(path)
    form = opened.form("/escalations")
    if form is None:
        return ""
    given = {
        "reason": random.choice(("too_close", "no_expertise", "no_capacity", "no_answer")), "reason_words": "",
        "urgency": random.choice(("at_once", "soon", "this_term")), "why_wait": "",
    }  # fmt: skip
    return (await browser.send(form, fill(form, random, today, **given), path)).path


async def write_entry(browser: Browser, random: Random, today: date) -> str:
    """Create a directory entry."""
    return await fill_plainly(browser, "/directory/new", random, today, {"act": "submit"})


async def ask_for_plan(browser: Browser, random: Random, today: date) -> str:
    """Request a matching plan as a lead."""
    opened = await browser.open("/plans")
    form = opened.form("/plans")
    if form is None:
        return ""
    return (await browser.send(form, fill(form, random, today), "/plans")).path


async def fill_plainly(
    browser: Browser, path: str, random: Random, today: date, given: dict[str, Any]
) -> str:
    """Open a form and send it with those of these values that it has fields for, and a button."""
    opened = await browser.open(path)
    form = _main_form(opened)
    if form is None:
        return ""
    names = bases(form)
    notified = {name: value for name, value in given.items() if name in names}
    done = await browser.send(form, fill(form, random, today, **notified), path)
    return str(done.response.headers.get("location", ""))


async def one_act(browser: Browser, random: Random, today: date, themes: Sequence[str]) -> None:
    """Perform one random action of a person's role."""
    role, choice = browser.who.role, random.random()
    if role == "headteacher" and choice < 0.16:
        await post_need(browser, random, today, themes)
    elif role == "headteacher" and choice < 0.28:
        await post_offer(browser, random, today, themes)
    elif role in ("headteacher", "delegate") and choice < 0.32:
        await write_entry(browser, random, today)
    elif role == "headteacher" and choice < 0.34:
        await set_training_day(browser, random, today)
    elif role == "consortium_lead" and choice < 0.1:
        await raise_escalation(browser, random, today)
    elif role == "consortium_lead" and choice < 0.14:
        await ask_for_plan(browser, random, today)
    else:
        await look_in(browser, random, today)
