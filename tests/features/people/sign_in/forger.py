"""A hostile test provider, over real HTTP with real signatures."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.features.people.sign_in.provider import free_port

CLIENT = "alongside"
DIRECTORY = "aaaaaaaa-1111-4111-8111-111111111111"
OTHER_DIRECTORY = "99999999-9999-4999-8999-999999999999"


def b64(content: bytes) -> str:
    """As tokens write bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Forger:
    """Answers every code with what `token` makes of the nonce; keeps count of what it was asked."""

    def __init__(self, port: int) -> None:
        """Ready to listen there, honest until configured otherwise."""
        self.base = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.ec = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.reset()

    def reset(self) -> None:
        """Be honest again."""
        self.shown: list[RSAKey | ECKey] = [self.key, self.ec]
        self.id_token: Callable[[], str] = lambda: ""
        self.by_form: Callable[[dict[str, str]], str] = lambda form: self.id_token()
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.down: set[str] = set()
        self.slow: set[str] = set()
        self.description: dict[str, Any] = {}
        self.roles: Any = (200, {"roles": []})
        self.userinfo: dict[str, Any] = {}
        self.access_token = "access"

    def issuer(self, kind: str = "oidc") -> str:
        """Who it says it is: for Entra a template, as the shared endpoint of Microsoft does."""
        return f"{self.base}/{kind}" if kind != "entra" else f"{self.base}/entra/{{tenantid}}/v2.0"

    def claims(self, answering: str, kind: str = "oidc", **changed: Any) -> dict[str, Any]:
        """What an honest token says, with changes; None takes a claim away."""
        now = int(time.time())
        said = {
            "iss": self.issuer(kind).replace("{tenantid}", DIRECTORY),
            "sub": "stranger",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": answering,
            "name": "Sam Stranger",
        } | changed
        return {name: value for name, value in said.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """A token with a real signature over whatever is asked for."""
        made: dict[str, Any] = {"alg": "RS256", "kid": "first", "typ": "JWT"} | header
        made = {name: value for name, value in made.items() if value is not None}
        head, body = b64(json.dumps(made).encode()), b64(json.dumps(claims).encode())
        if made["alg"] == "none":
            return f"{head}.{body}."
        text = f"{head}.{body}"
        signer = JWSRegistry(algorithms=[made["alg"]]).get_alg(
            made["alg"]
        )  # never checks what a header may say
        return f"{text}.{b64(signer.sign(text.encode(), key or self.key))}"

    def hmac_with_public_key(self, claims: dict[str, Any]) -> str:
        """The old trick: HS256 with the public key as the secret."""
        text = (
            f"{b64(json.dumps({'alg': 'HS256', 'kid': 'first'}).encode())}.{b64(json.dumps(claims).encode())}"
        )
        return f"{text}.{b64(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        path = scope["path"]
        body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
        self.asked.append(path)
        if any(part in path for part in self.slow):
            await asyncio.sleep(30)
        status, answer = (503, {}) if any(part in path for part in self.down) else self._answer(path, body)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, path: str, body: bytes) -> tuple[int, Any]:
        kind = path.split("/")[1]
        if path.endswith("/.well-known/openid-configuration"):
            return 200, {
                "issuer": self.issuer(kind),
                "authorization_endpoint": f"{self.base}/{kind}/auth",
                "token_endpoint": f"{self.base}/{kind}/token",
                "jwks_uri": f"{self.base}/{kind}/jwks",
                "userinfo_endpoint": f"{self.base}/{kind}/userinfo",
            } | self.description
        if path.endswith("/jwks"):
            return 200, {"keys": [key.as_dict(private=False) for key in self.shown]}
        if path.endswith("/token"):
            self.forms.append({name: value[0] for name, value in parse_qs(body.decode()).items()})
            answer = {
                "access_token": self.access_token,
                "token_type": "Bearer",
                "id_token": self.by_form(self.forms[-1]),
            }
            return 200, answer
        if path.endswith("/userinfo"):
            return 200, self.userinfo
        if path.startswith("/services/"):
            status, answer = self.roles
            return int(status), answer
        return 404, {}


@asynccontextmanager
async def forging() -> AsyncIterator[Forger]:
    """A forger that listens until the block ends."""
    port = free_port()
    forger = Forger(port)
    server = uvicorn.Server(
        uvicorn.Config(forger, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield forger
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
