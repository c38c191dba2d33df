"""Who may sign in with a valid token: known identity, invitation or organisation; never by email (E6–E8)."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from alongside.features.authorities.settings_cache import register_settings, settings_of
from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import added, everything, know, nobody_came_in, rows, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import DIRECTORY, OTHER_DIRECTORY, Forger
from tests.features.people.sign_in.provider import Visitor
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_MILL, MILL, NORTHSHIRE, QUAY, SOUTHSHIRE


async def come(forger: Forger, browser: Browser, kind: str, **claims: Any) -> str:
    """Sign in by the forger with these claims; where that leads."""
    _, asked = await browser.begin(f"forged_{kind}")
    forger.id_token = lambda: forger.sign(forger.claims(asked["nonce"], kind, **claims))
    answer = await browser.get(f"/sign-in/forged_{kind}/callback?code=any&state={asked['state']}")
    location: str = answer.headers["location"]
    return location


@pytest.mark.oidc
async def test_the_address_of_a_head_is_no_key_to_their_account(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    await know(copy, ways.honest, "head-of-mill")
    address, _ = await browser.begin("honest")
    answer = await browser.arrive(await visitor.sign_in(address, "thief"))
    assert answer.headers["location"] == "/not-signed-in/unknown"
    await nobody_came_in(copy, added(identities=1))


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "mina.mill@901.example", "email_verified": True},
        {"preferred_username": "mina.mill@901.example"},
        {"upn": "mina.mill@901.example"},
        {"sub": "HEAD-OF-MILL"},
        {"sub": "head-of-mill "},
        {"sub": "head-of-mill\u0000"},
    ],
)
async def test_nothing_but_the_very_subject_is_known(
    claims: dict[str, Any], forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "head-of-mill")
    unknown = "not_believed" if "\0" in claims.get("sub", "") else "unknown"
    assert await come(forger, browser, "oidc", **claims) == f"/not-signed-in/{unknown}"
    await nobody_came_in(copy, added(identities=1))


async def test_the_same_subject_of_another_issuer_is_somebody_else(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "head-of-mill")
    assert await come(forger, browser, "other", sub="head-of-mill") == "/not-signed-in/unknown"


async def test_a_person_stays_the_same_whatever_their_address_becomes(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "head-of-mill")
    assert await come(forger, browser, "oidc", sub="head-of-mill", email="new@name.example") == "/home"
    assert (await sessions(copy))[0]["person_id"] == HEAD_OF_MILL.person_id


ENTRA = {"tid": DIRECTORY, "oid": "object-1"}


async def test_entra_knows_people_by_directory_and_object(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    issuer = forger.issuer("entra").replace("{tenantid}", DIRECTORY)
    await know(copy, issuer, f"{DIRECTORY}/object-1")
    assert await come(forger, browser, "entra", **ENTRA, sub="pairwise, another each time") == "/home"
    assert (await sessions(copy))[0]["person_id"] == HEAD_OF_MILL.person_id


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"tid": OTHER_DIRECTORY, "iss": OTHER_DIRECTORY}, "wrong_directory"),
        ({"tid": OTHER_DIRECTORY}, "not_believed"),
        ({"tid": None}, "not_believed"),
        ({"tid": ""}, "not_believed"),
        ({"tid": "{tenantid}", "iss": "{tenantid}"}, "wrong_directory"),
        ({"tid": DIRECTORY.upper(), "iss": DIRECTORY.upper()}, "wrong_directory"),
        ({"iss": OTHER_DIRECTORY}, "not_believed"),
        ({"oid": None}, "not_believed"),
        ({"oid": ""}, "not_believed"),
        ({"oid": "object-2"}, "unknown"),
        ({"oid": "object-2", "email": "mina.mill@901.example"}, "unknown"),
    ],
)
async def test_entra_lets_in_no_other_directory_and_no_other_object(
    claims: dict[str, Any], because: str, forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    template = forger.issuer("entra")
    await know(copy, template.replace("{tenantid}", DIRECTORY), f"{DIRECTORY}/object-1")
    said = ENTRA | claims
    if "iss" in claims:
        said["iss"] = template.replace("{tenantid}", claims["iss"])
    assert await come(forger, browser, "entra", **said) == f"/not-signed-in/{because}"
    await nobody_came_in(copy, added(identities=1))


def school(urn: Any = str(MILL), **changed: Any) -> dict[str, Any]:
    """An organisation claim of a school."""
    return {"id": "org-1", "category": {"id": "001"}, "urn": urn, "name": "A school"} | changed


def council(number: Any = str(NORTHSHIRE), **changed: Any) -> dict[str, Any]:
    """An organisation claim of a local authority."""
    return {"id": "org-2", "category": {"id": "002"}, "establishmentNumber": number} | changed


def roles(*codes: str, status: int = 1) -> tuple[int, Any]:
    """What the public API answers."""
    return 200, {"roles": [{"code": code, "status": {"id": status}} for code in codes]}


REFUSED: dict[str, tuple[Any, tuple[int, Any], str]] = {
    "no organisation": (None, roles("headteacher"), "no_organisation"),
    "an empty one": ({}, roles("headteacher"), "no_organisation"),
    "an empty list": ([], roles("headteacher"), "no_organisation"),
    "text": ("Mill", roles("headteacher"), "no_organisation"),
    "several": ([school(), school(str(QUAY))], roles("headteacher"), "several_organisations"),
    "a school that is nobody's": (school("123456"), roles("headteacher"), "other_organisation"),
    "a school without URN": (school(None), roles("headteacher"), "other_organisation"),
    "a URN that is no number": (school("990001 OR 1=1"), roles("headteacher"), "other_organisation"),
    "a URN in other digits": (school("٩٩٠٠٠١"), roles("headteacher"), "other_organisation"),
    "a URN below zero": (school(-MILL), roles("headteacher"), "other_organisation"),
    "a trust": (school(category={"id": "010"}), roles("headteacher"), "other_organisation"),
    "no category": (school(category=None), roles("headteacher"), "other_organisation"),
    "the other authority": (council(str(SOUTHSHIRE)), roles("core_officer"), "other_organisation"),
    "an authority without number": (council(None), roles("core_officer"), "other_organisation"),
    "a closed school": (school(str(QUAY)), roles("headteacher"), "school_closed"),
    "no role": (school(), roles(), "role_unknown"),
    "a role that we do not have": (school(), roles("viewer"), "role_unknown"),
    "a role taken back": (school(), roles("headteacher", status=0), "role_unknown"),
    "two roles": (school(), roles("headteacher", "delegate"), "role_unknown"),
    "an authority's role at a school": (school(), roles("authority_administrator"), "role_unknown"),
    "a school's role at the authority": (council(), roles("headteacher"), "role_unknown"),
    "a lead's role at a school": (school(), roles("consortium_lead"), "role_unknown"),
    "no access to the service": (school(), (404, {}), "role_unknown"),
    "an API that is down": (school(), (500, {}), "provider_down"),
    "an API that talks nonsense": (school(), (200, {"roles": "all"}), "provider_down"),
    "an API that talks other nonsense": (school(), (200, []), "provider_down"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_an_organisation_that_does_not_fit_gives_no_role(
    name: str, forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    organisation, api, because = REFUSED[name]
    await rows(copy, "UPDATE school SET status = 'closed' WHERE urn = $1", QUAY)
    forger.roles = api
    forger.userinfo = {"sub": "stranger"}
    location = await come(forger, browser, "dfe", organisation=organisation, email="n@ew.example")
    assert location == f"/not-signed-in/{because}"
    page = await browser.get(location)
    assert page.status_code in (403, 503)
    assert "Who to ask" in words(page)
    await nobody_came_in(copy)


@pytest.mark.parametrize(
    ("organisation", "code", "kept"),
    [
        (school(), "headteacher", ("headteacher", MILL)),
        ([school()], "HEADTEACHER", ("headteacher", MILL)),
        (school(MILL), "delegate", ("delegate", MILL)),
        (council(), "core-officer", ("core_officer", None)),
        (council(), "authority_administrator", ("authority_administrator", None)),
    ],
)
async def test_an_organisation_of_this_authority_and_its_role_let_somebody_in(
    organisation: Any,
    code: str,
    kept: tuple[str, int | None],
    forger: Forger,
    browser: Browser,
    copy: DatabaseCopy,
) -> None:
    forger.roles = roles(code)
    assert (
        await come(forger, browser, "dfe", sub="new", organisation=organisation, email="n@ew.example")
        == "/home"
    )
    assert "/services/alongside/organisations/org-" in " ".join(forger.asked)
    made = await rows(
        copy,
        "SELECT a.role, a.school_urn, a.authority_id, p.name, p.email FROM identity i"
        " JOIN person p ON p.authority_id = i.authority_id AND p.id = i.person_id"
        " JOIN role_assignment a ON a.authority_id = p.authority_id AND a.person_id = p.id",
    )
    assert [tuple(one) for one in made] == [(*kept, NORTHSHIRE, "Sam Stranger", "n@ew.example")]
    before = await everything(copy)
    forger.roles = (500, {})
    assert await come(forger, browser, "dfe", sub="new", organisation=None) == "/home"
    assert (await everything(copy))[1:] == before[1:], (
        "known now: neither organisation nor API is asked again"
    )


@pytest.mark.oidc
async def test_the_organisation_is_asked_for_where_the_token_does_not_tell_it(
    ways: SimpleNamespace, forger_as_api: Forger, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    forger_as_api.roles = roles("headteacher")
    address, _ = await browser.begin("dfe")
    answer = await browser.arrive(await visitor.sign_in(address, "newcomer"))
    assert answer.headers["location"] == "/home"
    assert await everything(copy) == added(sessions=1, people=1, identities=1, roles=1)


@pytest.fixture
def forger_as_api(ways: SimpleNamespace, one_forger: Forger) -> Forger:
    """The forger as DfE Sign-in's public API only."""
    one_forger.reset()
    settings = settings_of(NORTHSHIRE)
    here = tuple(replace(way, api_address=one_forger.base) for way in settings.sign_in)
    register_settings(replace(settings, sign_in=here), 1)
    return one_forger


async def test_a_userinfo_about_somebody_else_is_refused(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    forger.userinfo = {"sub": "another", "organisation": school()}
    assert await come(forger, browser, "dfe") == "/not-signed-in/not_believed"
    await nobody_came_in(copy)


async def test_somebody_whose_roles_have_ended_is_told_so(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "stranger", DELEGATE_OF_MILL)
    await rows(
        copy,
        "UPDATE role_assignment SET ends_on = current_date WHERE id = $1",
        DELEGATE_OF_MILL.role_assignment_id,
    )
    assert await come(forger, browser, "oidc") == "/not-signed-in/no_role"
    await nobody_came_in(copy, added(identities=1))
