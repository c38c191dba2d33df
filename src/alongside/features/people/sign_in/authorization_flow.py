"""The OpenID Connect authorization code flow: the authorization request and the callback.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE); RFC 9207 (issuer in the answer); RFC 9700 (best practice).
"""

import hmac
import secrets
from dataclasses import dataclass

import msgspec

from alongside.features.authorities.settings import SignIn
from alongside.features.people.sign_in.encrypted_cookie import seal, unseal
from alongside.features.people.sign_in.errors import SignInRefused
from alongside.features.people.sign_in.http_client import calling, get_json
from alongside.features.people.sign_in.providers import (
    TEMPLATE,
    ProviderDescription,
    description_of,
    hosts_of,
    keys_of,
    secret_of,
)
from alongside.features.people.sign_in.tokens import Expected, UnknownKey, check_access_token, claims_of
from alongside.platform.web.form_data import FormData

PURPOSE = "signing in"
LONGEST_SECONDS = 600


class Flow(msgspec.Struct, frozen=True):
    """The state of a sign-in that was begun in a browser, kept there in an encrypted cookie."""

    authority_id: int
    way: str
    issuer: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str
    invitation: str | None


@dataclass(frozen=True, slots=True)
class OidcCallbackResult:
    """The result of a callback: the checked claims and tokens, and the values carried through the flow."""

    claims: dict[str, object]
    id_token: str
    access_token: str
    state: str
    next: str
    invitation: str | None


async def authorization_request(
    way: SignIn, secret: bytes, authority_id: int, redirect_uri: str, carried: dict[str, str | None]
) -> tuple[str, str]:
    """The URL of the authorization request and the encrypted cookie with the state of the flow.

    `carried` holds values for after the flow: the next page and an invitation token.
    """
    described = await description_of(way)
    state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 48))
    async with calling(hosts_of(way), **_client(way, redirect_uri, described)) as client:
        address, _ = client.create_authorization_url(
            described.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
        )
    flow = Flow(
        authority_id=authority_id,
        way=way.key,
        issuer=way.issuer,
        state=state,
        nonce=nonce,
        verifier=verifier,
        redirect_uri=redirect_uri,
        next=carried["next"] or "",
        invitation=carried["invitation"],
    )
    return address, seal(secret, PURPOSE, msgspec.structs.asdict(flow), LONGEST_SECONDS)


async def handle_callback(
    way: SignIn, secret: bytes, authority_id: int, sealed: str | None, answer: FormData, now: float
) -> OidcCallbackResult:
    """Check the provider's callback and fetch the tokens. Raises SignInRefused at the first check that fails."""
    kept = unseal(secret, PURPOSE, sealed)
    flow = None if kept is None else msgspec.convert(kept, Flow)
    if flow is None or (flow.authority_id, flow.way, flow.issuer) != (authority_id, way.key, way.issuer):
        raise SignInRefused("begun_elsewhere", "nothing was begun in this browser")
    if not hmac.compare_digest(flow.state.encode(), answer.one("state").encode()):
        raise SignInRefused("begun_elsewhere", "another state")
    described = await description_of(way)
    _check_issuer(described, answer.one("iss"))
    if answer.one("error") or not answer.one("code"):
        raise SignInRefused("cancelled", answer.one("error")[:60])
    async with calling(hosts_of(way), **_client(way, flow.redirect_uri, described)) as client:
        tokens = await client.fetch_token(
            described.token_endpoint,
            grant_type="authorization_code",
            code=answer.one("code"),
            code_verifier=flow.verifier,
        )
    id_token, access_token = str(tokens.get("id_token") or ""), str(tokens.get("access_token") or "")
    expected = Expected(described.issuer, way.client_id, flow.nonce, now)
    try:
        claims = claims_of(id_token, await keys_of(way), expected)
    except UnknownKey:
        claims = claims_of(id_token, await keys_of(way, refresh=True), expected)
    check_access_token(claims, access_token)
    return OidcCallbackResult(claims, id_token, access_token, flow.state, flow.next, flow.invitation)


def _check_issuer(described: ProviderDescription, said: str) -> None:
    """Require the `iss` parameter of this provider, if it sends one, to prevent mix-up attacks (RFC 9207)."""
    always, issuer = described.authorization_response_iss_parameter_supported, described.issuer
    if said != issuer and (always or (said and TEMPLATE not in issuer)):
        raise SignInRefused("not_believed", f"the answer is from {said[:100] or 'nobody'}")


def _client(way: SignIn, redirect_uri: str, described: ProviderDescription) -> dict[str, str]:
    basic = "client_secret_basic" in described.token_endpoint_auth_methods_supported
    organisation = " organisation" if way.kind == "dfe_sign_in" else ""
    return {
        "client_id": way.client_id,
        "client_secret": secret_of(way),
        "token_endpoint_auth_method": "client_secret_basic" if basic else "client_secret_post",
        "redirect_uri": redirect_uri,
        "scope": f"openid profile email{organisation}",
        "code_challenge_method": "S256",
    }


async def with_organisation(way: SignIn, arrived: OidcCallbackResult) -> dict[str, object]:
    """The claims with the organisation, which is fetched from userinfo if the ID token lacks it.

    Raises SignInRefused when userinfo is about another subject.
    """
    address = (await description_of(way)).userinfo_endpoint
    if "organisation" in arrived.claims or not address:
        return arrived.claims
    said = await get_json(address, hosts_of(way), authorization=f"Bearer {arrived.access_token}")
    if not isinstance(said, dict) or said.get("sub") != arrived.claims["sub"]:
        raise SignInRefused("not_believed", "userinfo is about somebody else")
    return arrived.claims | {"organisation": said.get("organisation")}
