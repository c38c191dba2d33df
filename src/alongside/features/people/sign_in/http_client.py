"""The one way to a server outside while signing in: only to named hosts, for a few seconds, never by a redirect."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from alongside.features.people.sign_in.errors import SignInRefused

SECONDS = 5.0
LONGEST_SECONDS = 10.0
LONGEST_ANSWER = 1_000_000
ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@lru_cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; read once, for it takes longer than a whole page."""
    return httpx2.create_ssl_context()


def base_url_of(url: str) -> str:
    """The host and port of an address, by which an allow-list names it."""
    return urlsplit(url).netloc.lower()


def refuse_elsewhere(url: str, allowed: frozenset[str]) -> None:
    """Stop before a request goes to a host that is not named, or travels unencrypted over a network.

    Raises SignInRefused.
    """
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE)
    if not safe or base_url_of(url) not in allowed or "@" in parts.netloc:
        raise SignInRefused("not_believed", f"asked to call {parts.scheme}://{parts.netloc}")


@asynccontextmanager
async def calling(allowed: frozenset[str], **client: Any) -> AsyncIterator[AsyncOAuth2Client]:
    """A client for a few calls to the allowed hosts. Raises SignInRefused when they do not answer, or not in time."""

    async def check_where(request: httpx2.Request) -> None:
        refuse_elsewhere(str(request.url), allowed)

    async def check_size(response: httpx2.Response) -> None:
        if int(response.headers.get("content-length") or 0) > LONGEST_ANSWER:
            raise SignInRefused("provider_down", f"an answer of {response.headers['content-length']} bytes")

    try:
        async with (
            asyncio.timeout(LONGEST_SECONDS),
            AsyncOAuth2Client(
                timeout=httpx2.Timeout(SECONDS),
                follow_redirects=False,
                trust_env=False,
                verify=_trusted(),
                event_hooks={"request": [check_where], "response": [check_size]},
                **client,
            ) as made,
        ):
            yield made
    except (httpx2.HTTPError, TimeoutError, OSError) as problem:
        raise SignInRefused("provider_down", type(problem).__name__) from problem
    except OAuthError as problem:
        raise SignInRefused("not_believed", f"the provider answered {problem.error}") from problem


async def get_json(url: str, allowed: frozenset[str], **headers: str) -> Any:
    """The JSON at an address. Raises SignInRefused when it does not come, or is none."""
    async with calling(allowed) as client:
        response = await client.request("GET", url, withhold_token=True, headers=headers)
    if response.status_code != httpx2.codes.OK:
        raise SignInRefused("provider_down", f"{base_url_of(url)} answered {response.status_code}")
    try:
        return response.json()
    except ValueError:
        raise SignInRefused("provider_down", f"{base_url_of(url)} did not answer in JSON") from None
