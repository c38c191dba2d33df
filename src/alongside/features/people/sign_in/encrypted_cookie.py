"""What a browser keeps for us but can neither read nor change: the state of a sign-in that is under way."""

import hashlib
import hmac
import json
import time
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = {"alg": "dir", "enc": "A256GCM"}


def seal(secret: bytes, purpose: str, content: dict[str, Any], lifetime: int) -> str:
    """Encrypt and sign `content` for one purpose, good for `lifetime` seconds."""
    body = json.dumps(content | {"until": int(time.time()) + lifetime}).encode()
    return jwe.encrypt_compact(ALGORITHM, body, _key(secret, purpose))


def unseal(secret: bytes, purpose: str, sealed: str | None) -> dict[str, Any] | None:
    """What was sealed for this purpose; None when it was not we who sealed it, or when its time is over."""
    if not sealed:
        return None
    try:
        plain = jwe.decrypt_compact(sealed, _key(secret, purpose), algorithms=["dir", "A256GCM"]).plaintext
        content: dict[str, Any] = json.loads(plain or b"null")
    except (JoseError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("until", 0) > time.time() else None


def _key(secret: bytes, purpose: str) -> OctKey:
    """A key of its own for each purpose, so that nothing sealed for one passes for another."""
    return OctKey.import_key(hmac.new(secret, f"alongside {purpose}".encode(), hashlib.sha256).digest())
