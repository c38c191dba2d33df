"""Client of DfE Sign-in's public API: the role of a user for this service at their organisation.

Source: DFE-Digital/login.dfe.public-api, README, “Get user access to service”.
"""

import time
from urllib.parse import quote, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import OctKey

from alongside.features.authorities.settings import SignIn
from alongside.features.people.sign_in.claims import Workplace
from alongside.features.people.sign_in.errors import SignInRefused
from alongside.features.people.sign_in.http_client import base_url_of, calling
from alongside.features.people.sign_in.providers import secret_in
from alongside.platform.access.principal import AUTHORITY_ROLES, SCHOOL_ROLES, Role

AUDIENCE = "signin.education.gov.uk"
ACTIVE = 1


def api_of(way: SignIn) -> str:
    """The base URL of the API that belongs to an issuer: api.signin… for oidc.signin.education.gov.uk.

    The setting `api_address` overrides it.
    """
    parts = urlsplit(way.issuer)
    beside = urlunsplit((parts.scheme, parts.netloc.replace("oidc.", "api.", 1), "", "", ""))
    return (way.api_address or beside).rstrip("/")


async def role_at(way: SignIn, place: Workplace, user_id: str) -> Role:
    """The role that the organisation's approver gave a user; the role code there is the key of a role here.

    A school can give school roles, the authority only authority roles. Raises SignInRefused unless there is exactly
    one such role.
    """
    secret = secret_in(way.api_secret_in or "", f"the API secret of {way.label}")
    bearer = jwt.encode(
        {"alg": "HS256"},
        {"iss": way.client_id, "aud": AUDIENCE, "exp": int(time.time()) + 60},
        OctKey.import_key(secret),
    )
    api = api_of(way)
    path = f"/services/{quote(way.client_id, safe='')}/organisations/{quote(place.organisation_id, safe='')}"
    address = f"{api}{path}/users/{quote(user_id, safe='')}"
    async with calling(frozenset({base_url_of(api)})) as client:
        response = await client.request(
            "GET", address, withhold_token=True, headers={"authorization": f"bearer {bearer}"}
        )
    if response.status_code == 404:
        raise SignInRefused("role_unknown", "no access to this service")
    if response.status_code != 200:
        raise SignInRefused("provider_down", f"the API answered {response.status_code}")
    fitting = AUTHORITY_ROLES if place.school_urn is None else SCHOOL_ROLES
    try:
        codes = {
            str(one["code"]).strip().lower().replace("-", "_")
            for one in response.json()["roles"]
            if one.get("status", {}).get("id") == ACTIVE
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SignInRefused("provider_down", "the API answered in another shape") from None
    roles = [role for role in sorted(fitting) if role.value in codes]
    if len(roles) != 1:
        raise SignInRefused("role_unknown", f"{len(roles)} roles of ours")
    return roles[0]
