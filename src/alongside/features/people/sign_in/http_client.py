"""HTTP client for sign-in: allow-listed hosts only, short timeouts, no redirects."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
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
    """The SSL context, cached because loading it takes longer than a page request."""
    return httpx2.create_ssl_context()


def base_url_of(url: str) -> str:
    """The host and port of a URL, as used in allow-lists."""
    return urlsplit(url).netloc.lower()


def refuse_elsewhere(url: str, allowed: frozenset[str]) -> None:
    """Raise SignInRefused for a URL whose host is not allowed, or that is not https (except on this machine)."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE)
    if not safe or base_url_of(url) not in allowed or "@" in parts.netloc:
        raise SignInRefused("not_believed", f"asked to call {parts.scheme}://{parts.netloc}")


@asynccontextmanager
async def calling(allowed: frozenset[str], **client: str) -> AsyncIterator[AsyncOAuth2Client]:
    """A client for calls to the allowed hosts. Raises SignInRefused when they do not answer in time."""

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


async def get_json(url: str, allowed: frozenset[str], **headers: str) -> object:
    """Fetch JSON from a URL. Raises SignInRefused when there is no answer or it is not JSON."""
    async with calling(allowed) as client:
        response = await client.request("GET", url, withhold_token=True, headers=headers)
    if response.status_code != httpx2.codes.OK:
        raise SignInRefused("provider_down", f"{base_url_of(url)} answered {response.status_code}")
    try:
        said: object = response.json()
    except ValueError:
        raise SignInRefused("provider_down", f"{base_url_of(url)} did not answer in JSON") from None
    return said
