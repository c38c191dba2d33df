"""Validation of ID tokens.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725 (best practice for JSON Web Tokens).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from alongside.features.people.sign_in.claims import is_name
from alongside.features.people.sign_in.errors import SignInRefused
from alongside.features.people.sign_in.providers import TEMPLATE

ALGORITHMS: Mapping[str, type[RSAKey | ECKey]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}
"""The allowed signature algorithms, each with its type of key; the token does not choose."""

LEEWAY_SECONDS = 30
LONGEST_TOKEN = 20_000
HEADERS = frozenset({"alg", "kid", "typ", "x5t"})
"""The allowed header parameters. Embedded keys, key URLs and extensions are refused."""


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """What the header of a token names: the algorithm, and the key if it names one."""

    algorithm: str
    key: object


class UnknownKey(SignInRefused):
    """The token's key is not among the cached keys; the provider may have rotated its keys."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected issuer, audience (client id) and nonce, and the current time (Unix seconds).

    A multi-tenant issuer contains `{tenantid}`; `claims.identified` checks which directories are allowed.
    """

    issuer: str
    client_id: str
    nonce: str
    now: float


def header_of(token: str) -> TokenHeader:
    """Check the header of a token before its key is selected. Raises SignInRefused."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST_TOKEN:
        raise _refused("is not a signed token")
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError:
        raise _refused("has no readable header") from None
    if not isinstance(header, dict) or header.keys() - HEADERS:
        raise _refused("has a header that says too much")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _refused("is signed in a way that we do not take")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise _refused("is a token of another type")
    return TokenHeader(algorithm, header.get("kid"))


def claims_of(token: str, keys: KeySet, expected: Expected) -> dict[str, object]:
    """The claims of an ID token after all checks. Raises SignInRefused or UnknownKey."""
    header = header_of(token)
    key = _key_for(header, keys)
    try:
        body = jws.deserialize_compact(token, key, algorithms=[header.algorithm]).payload
        claims = json.loads(body)
    except (JoseError, ValueError):
        raise _refused("has a signature that does not hold") from None
    if not isinstance(claims, dict):
        raise _refused("says nothing")
    _check_parties(claims, expected)
    _check_times(claims, expected.now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        raise _refused("answers another question")
    if not is_name(claims.get("sub")):
        raise _refused("names nobody")
    return claims


def check_access_token(claims: Mapping[str, object], access_token: str) -> None:
    """Check `at_hash`, if the ID token has it, against the access token. Raises SignInRefused.

    All allowed algorithms use SHA-256. Source: OpenID Connect Core 1.0, 3.1.3.8.
    """
    if "at_hash" in claims:
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        made = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        if not _same(str(claims["at_hash"]), made):
            raise _refused("came with another access token")


def _key_for(header: TokenHeader, keys: KeySet) -> RSAKey | ECKey:
    kind, named = ALGORITHMS[header.algorithm], header.key
    fitting = [
        key
        for key in keys.keys
        if isinstance(key, kind)
        and (named is None or key.kid == named)
        and key.get("use", "sig") == "sig"
        and key.get("alg", header.algorithm) == header.algorithm
    ]
    if len(fitting) != 1:
        raise UnknownKey("not_believed", f"no key {named!r} for {header.algorithm}")
    return fitting[0]


def _check_parties(claims: Mapping[str, object], expected: Expected) -> None:
    directory = str(claims.get("tid", ""))
    if claims.get("iss") != expected.issuer.replace(TEMPLATE, directory):
        raise _refused("was issued by somebody else")
    audience = claims.get("aud")
    to = audience if isinstance(audience, list) else [audience]
    if to != [expected.client_id]:
        raise _refused("was meant for others")
    if "azp" in claims and claims["azp"] != expected.client_id:
        raise _refused("was issued to another party")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if expires is None or issued is None:
        raise _refused(f"has no {'exp' if expires is None else 'iat'}")
    if expires <= now - LEEWAY_SECONDS:
        raise _refused("has run out")
    if issued > now + LEEWAY_SECONDS:
        raise _refused("is from the future")
    if "nbf" in claims:
        starts = _moment(claims["nbf"])
        if starts is None or starts > now + LEEWAY_SECONDS:
            raise _refused("does not hold yet")


def _moment(value: object) -> int | float | None:
    """A time in Unix seconds; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refused(why: str) -> SignInRefused:
    return SignInRefused("not_believed", f"the ID token {why}")
