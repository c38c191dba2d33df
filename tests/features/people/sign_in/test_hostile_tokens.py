"""Invalid ID tokens with real signatures are refused (E2, E5)."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import OctKey

from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import everything, know, nobody_came_in, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import CLIENT, Forger

NOW = time.time
Made = Callable[[Forger, str], str]


def claims(**changed: Any) -> Made:
    """A token honest but for some claims; a callable is asked for the value when it is made."""

    def made(forger: Forger, nonce: str) -> str:
        settled = {name: value() if callable(value) else value for name, value in changed.items()}
        return forger.sign(forger.claims(nonce, **settled))

    return made


def header(**changed: Any) -> Made:
    """A token honest but for its header."""
    return lambda forger, nonce: forger.sign(forger.claims(nonce), **changed)


HOSTILE: dict[str, Made] = {
    "nonce missing": claims(nonce=None),
    "nonce of another sign-in": claims(nonce="another"),
    "nonce empty": claims(nonce=""),
    "nonce no text": claims(nonce=["a", "b"]),
    "nonce_supported false and no nonce": claims(nonce=None, nonce_supported=False),
    "aud another": claims(aud="another"),
    "aud missing": claims(aud=None),
    "aud with others": claims(aud=[CLIENT, "another"]),
    "aud with others and azp ours": claims(aud=[CLIENT, "another"], azp=CLIENT),
    "aud empty list": claims(aud=[]),
    "azp another": claims(azp="another"),
    "iss another": claims(iss="https://evil.example"),
    "iss missing": claims(iss=None),
    "iss with a slash more": lambda f, n: f.sign(f.claims(n, iss=f.issuer() + "/")),
    "exp past": claims(exp=lambda: int(NOW()) - 31),
    "exp missing": claims(exp=None),
    "exp as text": claims(exp="9999999999"),
    "exp true": claims(exp=True),
    "iat in the future": claims(iat=lambda: int(NOW()) + 120),
    "iat missing": claims(iat=None),
    "nbf in the future": claims(nbf=lambda: int(NOW()) + 120),
    "sub missing": claims(sub=None),
    "sub empty": claims(sub=""),
    "sub a number": claims(sub=1),
    "sub endless": claims(sub="s" * 256),
    "at_hash of another access token": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "alg none": header(alg="none"),
    "alg None in capitals": header(alg="none", typ="jwt"),
    "HS256 with the public key": lambda f, n: f.hmac_with_public_key(f.claims(n)),
    "HS256 with the client secret": lambda f, n: f.sign(
        f.claims(n), OctKey.import_key("a secret of tests, long enough for all"), alg="HS256"
    ),
    "RS512, which we did not choose": header(alg="RS512"),
    "kid unknown": header(kid="nobody's"),
    "signed by a stranger under the right kid": lambda f, n: f.sign(f.claims(n), f.stranger),
    "ES256 named, key of RSA": header(alg="RS256", kid="curve"),
    "jku": header(jku="https://evil.example/jwks"),
    "jwk in the header": lambda f, n: f.sign(f.claims(n), f.stranger, jwk=f.stranger.as_dict(private=False)),
    "x5u": header(x5u="https://evil.example/cert"),
    "x5c": header(x5c=["MIIB"]),
    "crit unknown": header(crit=["exp2"], exp2=1),
    "crit b64": header(crit=["b64"], b64=False),
    "typ of a logout token": header(typ="logout+jwt"),
    "typ of an access token": header(typ="at+jwt"),
    "zip": header(zip="DEF"),
    "no token": lambda _f, _n: "",
    "two parts": lambda f, n: f.sign(f.claims(n)).rpartition(".")[0],
    "five parts": lambda f, n: f.sign(f.claims(n)) + ".a.b",
    "signature cut": lambda f, n: f.sign(f.claims(n))[:-8],
    "signature of another token": lambda f, n: (
        f.sign(f.claims(n)).rpartition(".")[0] + "." + f.sign(f.claims(n, sub="x")).rpartition(".")[2]
    ),
    "claims changed after signing": lambda f, n: ".".join(
        [
            f.sign(f.claims(n)).split(".")[0],
            f.sign(f.claims(n, sub="head-of-mill"), f.stranger).split(".")[1],
            f.sign(f.claims(n)).split(".")[2],
        ]
    ),
    "endless": claims(name="n" * 30_000),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_token_that_does_not_hold_lets_nobody_in(
    name: str, forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "stranger")
    before = await everything(copy)
    _, asked = await browser.begin("forged_oidc")
    forger.id_token = lambda: HOSTILE[name](forger, asked["nonce"])
    answer = await browser.get(f"/sign-in/forged_oidc/callback?code=any&state={asked['state']}")
    assert answer.headers["location"] == "/not-signed-in/not_believed"
    assert browser.token is None
    assert "__Host-signing-in" not in browser.cookies
    page = await browser.follow(answer)
    assert page.status_code == 403
    assert "We could not be sure who you are" in words(page)
    await nobody_came_in(copy, before)


HONEST: dict[str, Made] = {
    "as it should be": claims(),
    "aud as a list of us alone": claims(aud=[CLIENT]),
    "azp ours": claims(azp=CLIENT),
    "signed on a curve": lambda f, n: f.sign(f.claims(n), f.ec, alg="ES256", kid="curve"),
    "PS256": header(alg="PS256"),
    "without typ": header(typ=None),
    "clocks half a minute apart": claims(iat=lambda: int(NOW()) + 25, exp=lambda: int(NOW()) - 5),
}


@pytest.mark.parametrize("name", HONEST)
async def test_a_token_that_holds_lets_its_person_in(
    name: str, forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    """Control: a valid token is accepted."""
    await know(copy, forger.issuer(), "stranger")
    _, asked = await browser.begin("forged_oidc")
    forger.id_token = lambda: HONEST[name](forger, asked["nonce"])
    await browser.get(f"/sign-in/forged_oidc/callback?code=any&state={asked['state']}")
    assert browser.token is not None
    assert [one["issuer"] for one in await sessions(copy)][-1:] == [forger.issuer()]


async def test_the_verifier_and_only_one_redirect_uri_go_to_the_token_endpoint(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    _, asked = await browser.begin("forged_oidc")
    forger.id_token = lambda: forger.sign(forger.claims(asked["nonce"]))
    await browser.get(f"/sign-in/forged_oidc/callback?code=the-code&state={asked['state']}")
    sent = forger.forms[0]
    assert sent["code"] == "the-code"
    assert len(sent["code_verifier"]) >= 43
    assert sent["redirect_uri"] == "http://northshire.localhost/sign-in/forged_oidc/callback"
