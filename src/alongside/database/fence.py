"""The fence: the signed statement of whose rows a transaction may touch.

Every transaction opens with one message, `BEGIN; SET LOCAL alongside.fence = 'v1.<authority>.<expires>.<mac>'`.
Row-level policies call `fence.authority_id()`, which checks the signature with a key that the app's role
cannot read. So neither a forgotten setting nor injected SQL can name another authority.
Source: RFC 2104 (HMAC) over SHA-256, built from PostgreSQL's own sha256().
"""

import hashlib
import hmac
import time

LIFETIME = 900
"""Seconds a fence is good for: far longer than any transaction, and more than two clocks may differ."""

BLOCK = 64


def signed_fence(authority_id: int, key: bytes) -> str:
    """The value of `alongside.fence` for one authority: digits, dots and hex only, so safe inside quotes."""
    claim = f"v1.{int(authority_id)}.{int(time.time()) + LIFETIME}"
    return f"{claim}.{hmac.new(key, claim.encode(), hashlib.sha256).hexdigest()}"


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded keys of HMAC, so that the database needs only sha256()."""
    key = hashlib.sha256(key).digest() if len(key) > BLOCK else key
    key = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


SCHEMA = """
CREATE SCHEMA fence;
CREATE TABLE fence.key (
    name text PRIMARY KEY,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
CREATE FUNCTION fence.authority_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.fence', true);
    part text[];
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'no authority is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 4 AND part[1] = 'v1' THEN
        FOR pad IN SELECT inner_pad, outer_pad FROM fence.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad
                      || convert_to(part[1] || '.' || part[2] || '.' || part[3], 'UTF8'))), 'hex') = part[4] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'the authority set for this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[2]::integer;
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'the authority set for this transaction is not signed by us'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION fence.authority_id() FROM PUBLIC;
GRANT USAGE ON SCHEMA fence TO alongside_app;
GRANT EXECUTE ON FUNCTION fence.authority_id() TO alongside_app;
"""
