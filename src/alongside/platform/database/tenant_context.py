"""The tenant context: a signed statement of the authority whose rows a transaction may use.

Every transaction opens with one message, `BEGIN; SET LOCAL alongside.tenant_context =
'v2.<authority>.<expires>.<mac>'`. Row-level policies call `security.authority_id()`, which checks the signature with a
key that the app's role cannot read. So neither a forgotten setting nor injected SQL can name another authority. The
signature covers the server process that may use the context, so it is invalid on any other connection. Source: RFC 2104
(HMAC) over SHA-256, built from PostgreSQL's own sha256(); docs/decisions/0008.
"""

import hashlib
import hmac
import time

LIFETIME = 300
"""Seconds for which a context is valid; longer than the clocks of two machines may differ."""

PROCESS = "SELECT security.server_process()"
"""Returns the process id and start time of a connection's server process, to which a context is bound."""

EVERY_AUTHORITY = 0
"""The context in which a process reads the settings of all authorities, and no row of any other table."""

BLOCK = 64


def signed_tenant_context(authority_id: int, key: bytes, process: str) -> str:
    """Return the value of `alongside.tenant_context` for one authority: digits, dots and hex only, so safe inside
    quotes.

    `process` is the server process that may use it, as returned by `PROCESS`.
    """
    return signed(f"v2.{int(authority_id)}.{int(time.time()) + LIFETIME}", key, process)


def signed(claim: str, key: bytes, process: str) -> str:
    """Return a claim with its signature, valid for one server process."""
    return f"{claim}.{hmac.new(key, f'{claim}.{process}'.encode(), hashlib.sha256).hexdigest()}"


def key_name(key: bytes) -> str:
    """Return the name under which the database stores a key: derived from the key, without revealing it."""
    return hmac.new(key, b"alongside: name of this key", hashlib.sha256).hexdigest()[:12]


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer padded keys of HMAC, so that the database needs only sha256()."""
    key = hashlib.sha256(key).digest() if len(key) > BLOCK else key
    key = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


SCHEMA = """
CREATE SCHEMA security;
CREATE TABLE security.key (
    name text PRIMARY KEY,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION security.server_process() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process text := (SELECT pid || '-' || (extract(epoch FROM backend_start) * 1000000)::bigint
                     FROM pg_stat_get_activity(pg_backend_pid()));
BEGIN
    IF process IS NULL THEN
        RAISE EXCEPTION 'alongside_owner cannot see when a server process began: run infra/roles.sql'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN process;
END $$;
REVOKE ALL ON FUNCTION security.server_process() FROM PUBLIC;
CREATE FUNCTION security.authority_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.tenant_context', true);
    part text[];
    covered bytea;
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'no authority is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 4 AND part[1] = 'v2' THEN
        covered := convert_to(array_to_string(part[1:3], '.') || '.' || security.server_process(), 'UTF8');
        FOR pad IN SELECT inner_pad, outer_pad FROM security.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad || covered)), 'hex') = part[4] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'the authority set for this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[2]::integer;
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'the authority set for this transaction is not signed by us for this server process'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION security.authority_id() FROM PUBLIC;
GRANT USAGE ON SCHEMA security TO alongside_app;
GRANT EXECUTE ON FUNCTION security.authority_id(), security.server_process() TO alongside_app;
"""
