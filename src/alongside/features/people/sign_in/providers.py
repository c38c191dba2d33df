"""Provider metadata: discovery document and signing keys, cached for an hour."""

import os
import time
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from alongside.errors import ConfigurationError
from alongside.features.authorities.secret_names import SECRET_NAME
from alongside.features.authorities.settings import SignIn
from alongside.features.people.sign_in.errors import SignInRefused
from alongside.features.people.sign_in.http_client import base_url_of, get_json, refuse_elsewhere
from alongside.settings import Given

Value = TypeVar("Value")
FRESH_SECONDS = 3600
TEMPLATE = "{tenantid}"
"""The placeholder for the directory in Entra's multi-tenant issuer. Source: Microsoft identity platform,
“OpenID Connect on the Microsoft identity platform”."""


class ProviderDescription(msgspec.Struct, frozen=True):
    """The discovery document of a provider, as far as sign-in uses it."""

    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    jwks_uri: str = ""
    end_session_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(slots=True)
class Cached(Generic[Value]):
    """A cached value and its time (monotonic clock)."""

    about: Value
    at: float


_descriptions: dict[str, Cached[ProviderDescription]] = {}
_keys: dict[str, Cached[KeySet]] = {}


def hosts_of(way: SignIn) -> frozenset[str]:
    """The hosts that may be called for a provider: the issuer's."""
    return frozenset({base_url_of(way.issuer)})


def secret_of(way: SignIn) -> str:
    """The client secret, from the environment variable that the settings name."""
    return secret_in(way.secret_in, f"the secret of {way.label}")


def secret_in(name: str, what: str) -> str:
    """The secret in an environment variable (or the file it names). Raises ConfigurationError for any other variable.

    That the variable belongs to the authority was checked by `authorities.settings_cache`.
    """
    if not SECRET_NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name or 'Nothing'} does not name a secret of an authority: it must hold {what}."
        )
    secret = Given(os.environ).optional(name)
    if secret is None:
        raise ConfigurationError(f"{name} is not set: give it {what}.")
    return secret


async def description_of(way: SignIn) -> ProviderDescription:
    """The provider's discovery document, checked: its issuer must be the one in the settings.

    Raises SignInRefused when it is unavailable or names hosts other than the issuer's. Source: OpenID Connect
    Discovery 1.0, 4.3.
    """
    known = _descriptions.get(way.issuer)
    if known is None or time.monotonic() - known.at > FRESH_SECONDS:
        address = way.issuer.rstrip("/") + "/.well-known/openid-configuration"
        described = _checked(way, await get_json(address, hosts_of(way)))
        known = _descriptions[way.issuer] = Cached(described, time.monotonic())
    return known.about


def _checked(way: SignIn, said: object) -> ProviderDescription:
    if not isinstance(said, dict):
        raise SignInRefused("provider_down", f"{way.issuer} described itself as no object")
    try:
        described = msgspec.convert(said, ProviderDescription)
    except msgspec.ValidationError as problem:
        raise SignInRefused("not_believed", f"{way.issuer} described itself wrongly: {problem}") from None
    issuer = described.issuer
    if issuer != way.issuer and not (way.kind == "entra" and TEMPLATE in issuer):
        raise SignInRefused("not_believed", f"{way.issuer} calls itself {issuer[:200]}")
    for address in (described.authorization_endpoint, described.token_endpoint, described.jwks_uri):
        refuse_elsewhere(address, hosts_of(way))
    for address in filter(None, (described.end_session_endpoint, described.userinfo_endpoint)):
        refuse_elsewhere(address, hosts_of(way))
    return described


async def keys_of(way: SignIn, *, refresh: bool = False) -> KeySet:
    """The provider's signing keys. `refresh` fetches them again, because a key was missing."""
    address = (await description_of(way)).jwks_uri
    known = _keys.get(way.issuer)
    if refresh or known is None or time.monotonic() - known.at > FRESH_SECONDS:
        try:
            said = await get_json(address, hosts_of(way))
            if not isinstance(said, dict):
                raise TypeError
            found = KeySet.import_key_set({"keys": said["keys"]})
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise SignInRefused("provider_down", f"{way.issuer} showed no keys") from None
        known = _keys[way.issuer] = Cached(found, time.monotonic())
    return known.about


def forget_providers() -> None:
    """Clear the cached metadata of every provider."""
    _descriptions.clear()
    _keys.clear()
