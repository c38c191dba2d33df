"""What people type is never lost: every declared form × everything that can stop it from being sent.

The answer is the form again with the text, or a page that leads back to it.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from bs4 import Tag
from wtforms import HiddenField, StringField

from alongside.app import page_routes
from alongside.platform.database.session import Database
from alongside.platform.forms.form_action import FormAction
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from tests.access.dataset import World, make_world
from tests.browser.pages import LISTS, THINGS, address
from tests.client import Client, soup
from tests.databases import DatabaseCopy, DatabaseServer, app_over, copy_of_template, drop
from tests.personas import FORD, LEAD_OF_NORTH, MILL, NORTHSHIRE, Persona
from tests.sampling import sampled

PAGES = {**LISTS, **THINGS}
WITHIN_A_PAGE = {
    "ask_for_plan": "/plans",
    "suspend_supplier": "/support-suspensions",
    "exclude_school": "/exclusions",
    "declare_interest": "/interests",
    "propose": "/offers/{offer_id}/proposals/new",
    "post_need": "/needs/new",
    "raise_escalation": "/escalations/new",
    "write_on_proposal": "/proposals/{proposal_id}/messages",
    "write_on_visit": "/visit-requests/{visit_request_id}/messages",
    "add_hold": "/data-protection",
    "ask_for_records": "/data-protection",
    "follow_theme": "/directory/subscriptions",
    "add_attachment": "/directory/{entry_id}/attachments",
    "carry_over": "/successions/{succession_id}",
    "choose_mail": "/account",
    "set_term": "/schools/{urn}/days",
    "set_training_day": "/schools/{urn}/days",
}
"""Forms that are part of another page: where they are."""


def asks_for_text(action: FormAction[Any, Any]) -> bool:
    """Whether somebody can type into a form; one that is chosen for each request is taken to have a field for it."""
    if not isinstance(action.form, type):
        return True
    return any(isinstance(one, StringField) and not isinstance(one, HiddenField) for one in action.form())


VISITS = {"visit_to_answer": "visit_id", "disputed_visit": "visit_id"}
ASKED_WITH = {"raise_escalation": f"?school={MILL}", "carry_over": f"?urn={MILL}"}
SECOND_TOKEN = "token-of-another-role-" + "y" * 20


def forms() -> dict[str, FormAction[Any, Any]]:
    """Every declared form by its name."""
    named = [one.opt["action"] for one in page_routes() if isinstance(one.opt.get("action"), FormAction)]
    return {one.name: one for one in named}


FORMS = forms()


@dataclass
class Filled:
    """A form on its page: where the page is, where it is sent, who fills it in, the values, and the texts among them."""

    page: str
    to: str
    who: Persona
    values: dict[str, Any]
    texts: set[str]


@pytest.fixture(scope="module")
async def filled_app(database_server: DatabaseServer) -> AsyncIterator[tuple[Client, World, DatabaseCopy]]:
    """A client over a database with one row of everything."""
    copy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    async with app_over(copy) as app:
        yield Client(app), world, copy
    await drop(database_server, copy)


def pattern_of(action: FormAction[Any, Any]) -> str:
    """The page of a form, as `tests/browser/pages.py` names it."""
    if action.name in WITHIN_A_PAGE:
        return WITHIN_A_PAGE[action.name]
    return re.sub(r":\w+}", "}", _path(action))


def _path(action: FormAction[Any, Any]) -> str:
    slug = action.form_slug if action.form_slug is not None else action.slug
    return action.route_path(action.slug if slug.startswith("the URL") else slug)


def on_our_list(pattern: str) -> str | None:
    """The page in the list of pages, which may name another row of the same kind."""
    if pattern in PAGES:
        return pattern
    for name, other in (
        ("{agreement_id}", "{preparing}"),
        ("{agreement_id}", "{agreement_to_claim}"),
        ("{proposal_id}", "{to_release}"),
        ("{visit_request_id}", "{visit_request_to_answer}"),
        ("{visit_id}", "{visit_to_answer}"),
        ("{visit_id}", "{disputed_visit}"),
    ):
        if pattern.replace(name, other) in PAGES:
            return pattern.replace(name, other)
    return None


async def filled(client: Client, world: World, action: FormAction[Any, Any]) -> Filled:
    """Open a form as somebody who may, and type into every field for text."""
    listed = on_our_list(pattern_of(action))
    assert listed is not None, (
        f"name the page of “{action.name}” in WITHIN_A_PAGE or in tests/browser/pages.py"
    )
    who = PAGES[listed]
    assert who is not None
    where = address(listed, world.ids["own"]) + ASKED_WITH.get(action.name, "")
    page = await client.get(where, as_=who)
    assert page.status_code == 200, where
    sent = next(
        (
            one
            for one in soup(page).select("form[method=post]")
            if one["action"] == (action_url(action, world, listed))
        ),
        None,
    )
    assert sent is not None, f"{action.name}: no form that is sent to {action_url(action, world, listed)}"
    values: dict[str, Any] = {
        str(one["name"]): one.get("value", "") for one in sent.select("input[type=hidden][name]")
    }
    for one in sent.select("input[name]"):
        if one.get("type") in ("radio", "checkbox") and one.has_attr("checked"):
            values[str(one["name"])] = one["value"]
    texts: set[str] = set()
    for one in sent.select("textarea[name], input[type=text][name], input:not([type])[name]"):
        name = str(one["name"])
        part = name.rpartition("-")[2]
        values[name] = {"day": "1", "month": "2", "year": "2027"}.get(part) or f"Typed with care into {name}"
        if part not in ("day", "month", "year"):
            texts.add(values[name])
    values.pop("csrf_token", None)
    values.pop("idempotency_key", None)
    return Filled(where, str(sent["action"]), who, values, texts)


def action_url(action: FormAction[Any, Any], world: World, listed: str) -> str:
    """The address that a form is sent to."""
    path = re.sub(r":\w+}", "}", action.route_path(action.slug))
    for name in re.findall(r"{(\w+)}", listed):
        if f"{{{name}}}" not in path:
            kind = {
                "preparing": "agreement_id",
                "agreement_to_claim": "agreement_id",
                "to_release": "proposal_id",
                **VISITS,
            }
            path = path.replace(f"{{{kind.get(name, 'visit_request_id')}}}", f"{{{name}}}")
    return address(path, world.ids["own"])


def typed_in(answer: httpx.Response, to: str) -> set[str]:
    """The texts in the fields of the forms of a page that are sent to an address."""
    found: set[str] = set()
    for sent in soup(answer).select("form[method=post]"):
        if sent["action"] == to:
            found |= {_text_of(one) for one in sent.select("textarea, input")}
    return found


def _text_of(one: Tag) -> str:
    return one.get_text().strip() if one.name == "textarea" else str(one.get("value", ""))


@contextmanager
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every transaction fail as it does while PostgreSQL is away."""

    def refused(*_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(Database, "transaction", refused)
        yield


@pytest.mark.parametrize(
    "name", sampled(sorted(name for name, one in FORMS.items() if asks_for_text(one)), 0.25, "typed text")
)
async def test_what_is_typed_comes_back(
    filled_app: tuple[Client, World, DatabaseCopy], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token, an ended session, another role, no database, too much text."""
    client, world, copy = filled_app
    form = await filled(client, world, FORMS[name])
    if not form.texts:
        return
    wrong = await client.post(
        form.to, form.values | {"csrf_token": "0" * 128}, as_=form.who, referer=at(form)
    )
    assert wrong.status_code == 403
    assert form.texts <= typed_in(wrong, form.to), "wrong token"
    with away(monkeypatch):
        down = await client.post(form.to, form.values, as_=form.who)
    assert down.status_code == 503
    assert form.texts <= typed_in(down, form.to), "database away"
    if FORMS[name].upload is None and FORMS[name].prepare is None:
        await sends_too_much(client, form)
    if FORMS[name].version is not None:
        stale = await client.post(form.to, form.values | {"version": "999"}, as_=form.who)
        assert stale.status_code in (409, 422)
        assert form.texts <= typed_in(stale, form.to), "edited meanwhile"
    await signs_in_again(client, copy, form)
    await changes_role(client, copy, form)


async def sends_too_much(client: Client, form: Filled) -> None:
    """A form with more than a megabyte of text; files have their own limit."""
    large = await client.post(form.to, form.values | {"zzz": "x" * 1_000_001}, as_=form.who)
    assert large.status_code == 413
    assert form.texts <= typed_in(large, form.to), "too large"


def at(form: Filled) -> str:
    """The page of a form, as the browser names it to the server."""
    return f"http://{form.who.host}{form.page}"


async def signs_in_again(client: Client, copy: DatabaseCopy, form: Filled) -> None:
    """The session ends while somebody types; after signing in again the form has the text."""
    owner = await asyncpg.connect(copy.superuser_url)
    mine = "UPDATE user_session SET ended_at = {} WHERE authority_id = $1 AND person_id = $2"
    try:
        await owner.execute(mine.format("now()"), NORTHSHIRE, form.who.person_id)
        ended = await client.post(form.to, form.values, as_=form.who, referer=at(form))
        await owner.execute(mine.format("NULL"), NORTHSHIRE, form.who.person_id)
    finally:
        await owner.close()
    assert ended.status_code == 403
    button = soup(ended).select_one("a.govuk-button[href^='/sign-in?next=']")
    assert button is not None, "no way back to the form"
    back = httpx.QueryParams(str(button["href"]).partition("?")[2])["next"]
    again = await client.get(back, as_=form.who)
    assert again.status_code == 200, back
    assert form.texts <= typed_in(again, form.to), "session ended"


async def changes_role(client: Client, copy: DatabaseCopy, form: Filled) -> None:
    """Another tab has changed to a role that cannot send this form: one button leads back to it with the text."""
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        role_id = await owner.fetchval(
            "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
            " VALUES ($1, $2, 'delegate', $3, '2026-01-01') RETURNING id",
            NORTHSHIRE,
            form.who.person_id,
            FORD if form.who.school_urn != FORD else MILL,
        )
        await owner.execute(
            "INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device,"
            " expires_at) VALUES ($1, sha256($2::bytea), $3, $4, 'test', 'test', now() + interval '1 hour')",
            NORTHSHIRE,
            SECOND_TOKEN.encode(),
            form.who.person_id,
            role_id,
        )
        await _changed_role(client, form)
    finally:
        await owner.execute("SET session_replication_role = replica")
        await owner.execute("DELETE FROM user_session WHERE issuer <> 'https://stage.example'")
        await owner.execute(
            "DELETE FROM role_assignment WHERE starts_on = '2026-01-01' AND role = 'delegate' AND id = $1",
            role_id,
        )
        await owner.close()


async def _changed_role(client: Client, form: Filled) -> None:
    def in_(token: str) -> dict[str, str]:
        return {"host": form.who.host, "cookie": f"{SESSION_COOKIE}={token}", "sec-fetch-site": "same-origin"}

    old = form.values | {"csrf_token": csrf_token(form.who.token), "idempotency_key": "k" * 20}
    answer = await client.http.post(form.to, data=old, headers=in_(SECOND_TOKEN) | {"referer": at(form)})
    assert answer.status_code == 403
    if form.texts <= typed_in(answer, form.to):
        return  # this role may send it too
    switch = soup(answer).select_one("form[action$='/switch']")
    assert switch is not None, "no offer to change role"
    sent = {str(one["name"]): str(one["value"]) for one in switch.select("input")}
    changed = await client.http.post(str(switch["action"]), data=sent, headers=in_(SECOND_TOKEN))
    assert changed.status_code == 303
    token = changed.cookies[SESSION_COOKIE]
    again = await client.http.get(changed.headers["location"], headers=in_(token))
    assert again.status_code == 200, changed.headers["location"]
    assert form.texts <= typed_in(again, form.to), "role changed"


async def test_a_stranger_is_told_nothing_of_a_form_of_another(
    filled_app: tuple[Client, World, DatabaseCopy],
) -> None:
    """Somebody with two roles of which none may see a record gets the 404 of a record that does not exist."""
    client, world, copy = filled_app
    form = await filled(client, world, FORMS["withdraw_need"])
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        role_id = await owner.fetchval(
            "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
            " VALUES ($1, $2, 'delegate', $3, '2026-01-01') RETURNING id",
            NORTHSHIRE,
            LEAD_OF_NORTH.person_id,
            FORD,
        )
        far = address("/escalations/{escalation_id}/notes", world.ids["own"])
        answer = await client.get(far, as_=LEAD_OF_NORTH)
        missing = await client.get(f"/escalations/{role_id}/notes", as_=LEAD_OF_NORTH)
        await owner.execute("DELETE FROM role_assignment WHERE id = $1", role_id)
    finally:
        await owner.close()
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert form.texts
