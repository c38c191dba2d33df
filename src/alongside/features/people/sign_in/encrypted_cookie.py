"""Encrypted cookie values, which the browser can neither read nor change."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = {"alg": "dir", "enc": "A256GCM"}


def seal(secret: bytes, purpose: str, content: Mapping[str, object], lifetime: int) -> str:
    """Encrypt `content` for one purpose, with authentication; valid for `lifetime` seconds."""
    body = json.dumps({**content, "until": int(time.time()) + lifetime}).encode()
    return jwe.encrypt_compact(ALGORITHM, body, _key(secret, purpose))


def unseal(secret: bytes, purpose: str, sealed: str | None) -> Mapping[str, object] | None:
    """Decrypt a value for this purpose; None when it is invalid or has expired."""
    if not sealed:
        return None
    try:
        plain = jwe.decrypt_compact(sealed, _key(secret, purpose), algorithms=["dir", "A256GCM"]).plaintext
        content: object = json.loads(plain or b"null")
    except (JoseError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("until", 0) <= time.time():
        return None
    return content


def _key(secret: bytes, purpose: str) -> OctKey:
    """Derive a key per purpose, so that a value for one purpose is invalid for another."""
    return OctKey.import_key(hmac.new(secret, f"alongside {purpose}".encode(), hashlib.sha256).digest())
