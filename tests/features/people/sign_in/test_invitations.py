"""Invitations: bound to one authority, one role and one address, valid once, until they expire (D3)."""

import asyncio
import re
from types import SimpleNamespace
from uuid import UUID

import pytest
from litestar import Litestar

from alongside.features.people.invitations.actions import invite
from alongside.features.people.invitations.invitee import Invitee
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import added, everything, know, nobody_came_in, rows
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import Forger
from tests.features.people.sign_in.provider import Visitor
from tests.features.people.sign_in.test_sessions import is_in, signed_in
from tests.features.people.sign_in.test_who_comes_in import come
from tests.personas import ADMINISTRATOR, HEAD_OF_PARK, MILL, NORTH, PARK

TO_SAM = "sam@stranger.example"


async def invited(
    database: Database, email: str = TO_SAM, role: Role = Role.DELEGATE, urn: int | None = MILL
) -> str:
    """An invitation by the administrator; the token in its link."""
    today = (await _today(database)).date()  # type: ignore[attr-defined]
    one = ADMINISTRATOR
    person = Principal(one.authority_id, one.role, today, id=one.person_id, name=one.name)
    invitee = Invitee(name="Sam Stranger", email=email, role=role.value, school_urn=urn)
    async with database.transaction(one.authority_id) as session:
        link = await invite(session, person, Permission.INVITE_PEOPLE, invitee, "http://northshire.localhost")
    return link.rpartition("/")[2]


async def _today(database: Database) -> object:
    from sqlalchemy import text

    async with database.system_connection() as connection:
        return (await connection.execute(text("SELECT now()"))).scalar_one()


@pytest.mark.oidc
async def test_an_invitation_opens_the_way_in_once(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    page = await browser.get(f"/invitations/{token}")
    assert "Headteacher’s delegate, Mill Primary School" in words(page)
    assert f"/sign-in/honest?invitation={token}" in page.text
    address, _ = await browser.begin("honest", invitation=token)
    answer = await browser.arrive(await visitor.sign_in(address, "stranger"))
    assert answer.headers["location"] == "/home"
    assert "Sam Stranger" in words(await browser.get("/account"))
    stored = await rows(copy, "SELECT role, school_urn FROM role_assignment ORDER BY id DESC LIMIT 1")
    assert tuple(stored[0]) == ("delegate", MILL)
    after = await everything(copy)
    assert after == added(sessions=1, people=1, identities=1, roles=1, used=1)
    thief = Browser(browser.app)
    assert (await thief.get(f"/invitations/{token}")).status_code == 404
    other = Visitor()
    address, _ = await thief.begin("other", invitation=token)
    assert (await thief.arrive(await other.sign_in(address, "stranger"))).headers[
        "location"
    ] == "/not-signed-in/invitation_gone"
    await other.close()
    await nobody_came_in(copy, after)
    address, _ = await browser.begin("honest")
    assert (await browser.arrive(await visitor.sign_in(address, "stranger"))).headers["location"] == "/home"


GONE = {
    "run out": "UPDATE invitation SET expires_at = now()",
    "withdrawn": "UPDATE invitation SET withdrawn_at = now()",
    "sent again since": "UPDATE invitation SET token_hash = 'x'",
    "used": "UPDATE invitation SET used_at = now(), used_by = '00000000-0000-7000-8000-000000000101'",
}


@pytest.mark.parametrize("how", GONE)
async def test_an_invitation_that_is_over_lets_nobody_in(
    how: str, forger: Forger, browser: Browser, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    await rows(copy, GONE[how])
    before = await everything(copy)
    page = await browser.get(f"/invitations/{token}")
    assert page.status_code == 404
    assert "cannot be used" in words(page)
    assert await come_with(forger, browser, token) == "/not-signed-in/invitation_gone"
    await nobody_came_in(copy, before)


async def come_with(forger: Forger, browser: Browser, token: str, **claims: str) -> str:
    """Sign in with an invitation."""
    _, asked = await browser.begin("forged_oidc", invitation=token)
    forger.id_token = lambda: forger.sign(forger.claims(asked["nonce"], **claims))
    answer = await browser.get(f"/sign-in/forged_oidc/callback?code=any&state={asked['state']}")
    location: str = answer.headers["location"]
    return location


async def test_an_invitation_of_one_authority_is_none_of_another(
    forger: Forger, app: Litestar, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    there = Browser(app, "southshire.localhost")
    assert (await there.get(f"/invitations/{token}")).status_code == 404
    assert await come_with(forger, there, token) == "/not-signed-in/invitation_gone"
    await nobody_came_in(copy)


@pytest.mark.parametrize(
    "email", ["mina.mill@901.example", "sam@stranger.example.evil", "x@stranger.example"]
)
async def test_an_invitation_is_for_the_address_it_was_sent_to(
    email: str, forger: Forger, browser: Browser, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    assert await come_with(forger, browser, token, email=email) == "/not-signed-in/invitation_for_another"
    await nobody_came_in(copy)
    assert await come_with(forger, browser, token, email=TO_SAM.upper()) == "/home"


async def test_a_known_person_takes_up_no_invitation_of_another(
    forger: Forger, browser: Browser, database: Database, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "stranger", HEAD_OF_PARK)
    token = await invited(database)
    assert await come_with(forger, browser, token) == "/not-signed-in/invitation_for_another"
    here = await signed_in(database, browser.app, HEAD_OF_PARK)
    assert (await here.post(f"/invitations/{token}/acceptance")).status_code == 409
    assert (await everything(copy))[3:] == added()[3:]


async def test_a_known_person_takes_up_a_second_role_and_stays_one_person(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    token = await invited(database, email="pat.park@901.example", urn=MILL)
    here = await signed_in(database, app, HEAD_OF_PARK)
    answer = await here.post(f"/invitations/{token}/acceptance")
    assert answer.headers["location"] == "/home"
    page = words(await here.get("/roles"))
    assert "Headteacher, Park Primary School" in page
    assert "Headteacher’s delegate, Mill Primary School" in page
    assert (await everything(copy))[1:4] == added(roles=1)[1:4]


async def test_an_invitation_taken_up_by_ten_at_once_makes_one(
    forger: Forger, app: Litestar, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    browsers = [Browser(app) for _ in range(10)]
    asked = [(await browser.begin("forged_oidc", invitation=token))[1] for browser in browsers]
    by_code = {f"code-{n}": one for n, one in enumerate(asked)}
    forger.by_form = lambda form: forger.sign(forger.claims(by_code[form["code"]]["nonce"], sub=form["code"]))
    answers = await asyncio.gather(
        *(
            browser.get(f"/sign-in/forged_oidc/callback?code=code-{n}&state={one['state']}")
            for n, (browser, one) in enumerate(zip(browsers, asked, strict=True))
        )
    )
    leads = sorted(answer.headers["location"] for answer in answers)
    assert leads == ["/home", *["/not-signed-in/invitation_gone"] * 9]
    assert await everything(copy) == added(sessions=1, people=1, identities=1, roles=1, used=1)


@pytest.mark.parametrize("token", ["x", "%00", "' OR 1=1 --", "a" * 300, "%F0%9F%98%80"])
async def test_an_invitation_that_never_was(token: str, app: Litestar, browser: Browser) -> None:
    assert (await browser.get(f"/invitations/{token}")).status_code == 404


async def test_the_email_carries_the_link_and_the_database_only_its_hash(
    database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    letter = (await rows(copy, "SELECT to_address, body, person_id FROM email_outbox"))[0]
    assert letter["to_address"] == TO_SAM
    assert f"http://northshire.localhost/invitations/{token}" in letter["body"]
    kept = await rows(copy, "SELECT * FROM invitation")
    assert token not in repr([tuple(one.values()) for one in kept])
    assert (await rows(copy, "SELECT expires_at - invited_at AS life FROM invitation"))[0]["life"].days in (
        7,
        14,
    )


async def test_an_administrator_invites_sends_again_and_withdraws(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    admin = await signed_in(database, app, ADMINISTRATOR)
    wrong = await admin.post(
        "/people/invitations", name="", email="nobody", role="headteacher", school="", consortium=""
    )
    assert wrong.status_code == 422
    for said in ("Enter their full name", "Enter an email address like", "Choose the school"):
        assert said in words(wrong)
    form = {
        "name": "Lea Lead",
        "email": "lea@lead.example",
        "role": "consortium_lead",
        "consortium": str(NORTH),
    }
    assert (await admin.post("/people/invitations", **form, school="")).status_code == 303
    assert (await admin.post("/people/invitations", **form, school=str(MILL))).status_code == 422
    page = await admin.get("/people")
    assert "Consortium lead, North" in words(page)
    found = re.search(r"/people/invitations/([0-9a-f-]{36})/renewal", page.text)
    assert found
    first = (await rows(copy, "SELECT token_hash FROM invitation"))[0]["token_hash"]
    assert (await admin.post(f"/people/invitations/{found[1]}/renewal")).status_code == 303
    assert (await rows(copy, "SELECT token_hash FROM invitation"))[0]["token_hash"] != first
    assert len(await rows(copy, "SELECT FROM email_outbox")) == 2
    assert (await admin.post(f"/people/invitations/{found[1]}/withdrawal")).status_code == 303
    assert (await admin.post(f"/people/invitations/{found[1]}/withdrawal")).status_code == 404
    assert "lea@lead.example" not in (await admin.get("/people")).text


async def test_a_head_invites_delegates_of_the_own_school_and_sees_no_other_invitation(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    mill, park = await signed_in(database, app), await signed_in(database, app, HEAD_OF_PARK)
    form = {"name": "Del Egate", "email": "del@mill.example"}
    smuggled = {"school_urn": str(PARK), "school": str(PARK)}
    stronger = {"role": "authority_administrator"}
    assert (await mill.post("/people/delegates", **form, **smuggled, **stronger)).status_code == 422
    assert (await mill.post("/people/delegates", **form, **smuggled)).status_code == 303
    made = (await rows(copy, "SELECT id, role, school_urn FROM invitation"))[0]
    assert (made["role"], made["school_urn"]) == ("delegate", MILL)
    assert "del@mill.example" in (await mill.get("/people")).text
    assert "del@mill.example" not in (await park.get("/people")).text
    for act in ("renewal", "withdrawal"):
        assert (await park.post(f"/people/delegates/invitations/{made['id']}/{act}")).status_code == 404
        assert (await mill.post(f"/people/invitations/{made['id']}/{act}")).status_code == 404
    await rows(copy, "UPDATE invitation SET role = 'headteacher'")
    assert (await mill.post(f"/people/delegates/invitations/{made['id']}/withdrawal")).status_code == 404


@pytest.mark.parametrize("path", ["/people/invitations/new", "/people/invitations"])
async def test_a_head_does_not_invite_to_other_roles(path: str, database: Database, app: Litestar) -> None:
    head = await signed_in(database, app)
    answer = await (head.get(path) if path.endswith("new") else head.post(path, name="x"))
    assert answer.status_code == 404
    assert await is_in(head)


async def test_nobody_accepts_signed_out_outside_the_demonstration(
    browser: Browser, database: Database, copy: DatabaseCopy
) -> None:
    token = await invited(database)
    assert (await browser.post(f"/invitations/{token}/acceptance")).status_code == 404
    browser.app.state.app_context.demonstration = True
    assert (await browser.post(f"/invitations/{token}/acceptance")).status_code == 303
    assert "Sam Stranger" in words(await browser.get("/account"))
    assert UUID(int=0) not in {
        one["person_id"] for one in await rows(copy, "SELECT person_id FROM user_session")
    }


async def test_coming_in_by_one_identity_twice_makes_one_person(
    forger: Forger, browser: Browser, database: Database, copy: DatabaseCopy
) -> None:
    first, second = await invited(database), await invited(database, urn=PARK)
    assert await come_with(forger, browser, first, email=TO_SAM) == "/home"
    assert await come_with(forger, browser, second, email=TO_SAM) == "/home"
    assert await come(forger, browser, "oidc") == "/home"
    assert (await everything(copy))[1:] == added(people=1, identities=1, roles=2, used=2)[1:]
