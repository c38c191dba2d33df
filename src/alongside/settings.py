"""The settings of this installation, read once from the environment.

Each may also come from a file: `ALONGSIDE_SECRET_FILE=/run/secrets/secret` stands for `ALONGSIDE_SECRET`. Settings that
differ between authorities are in `tenants/`.
"""

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from alongside.errors import ConfigurationError

PACKAGE = Path(__file__).parent
SHORTEST_SECRET = 32
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Settings:
    """The settings of this installation. Secrets are not shown when it is printed.

    `mail` is `readable` (kept to be read in the demonstration), `smtp://…` or `notify:<key>`; `trusted_proxy` holds the
    addresses whose X-Forwarded-* headers are trusted; `anchors` is the folder in which the worker writes anchors of the
    audit logs, `anchor_key` signs them. `pooler` says that the database is reached through a pooler in transaction
    mode. With `tls_required` the addresses of PostgreSQL and of the mail server require TLS with a certificate for the
    server's name.
    """

    database_url: str = field(repr=False)
    signing_key: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    migrator_url: str | None = field(default=None, repr=False)
    demonstration: bool = False
    mail: str = field(default="readable", repr=False)
    mail_from: str = "alongside@localhost"
    base_url: str = "https://{host}"
    trusted_proxy: tuple[str, ...] = ()
    metrics_token: str | None = field(default=None, repr=False)
    tenants: Path | None = None
    anchors: Path | None = None
    anchor_key: bytes | None = field(default=None, repr=False)
    pool_size: int = 10
    pooler: bool = False
    log_format: str = "json"
    tls_required: bool = False

    def address(self, slug: str, host: str) -> str:
        """Return the public address of an authority, without a final slash, for links in emails."""
        return self.base_url.format(slug=slug, host=host)

    def needed_migrator_url(self) -> str:
        """Return the database address of the role alongside_migrator. Raises ConfigurationError when it is not set."""
        if self.migrator_url is None:
            raise ConfigurationError(
                "ALONGSIDE_MIGRATOR_URL is not set: give it the address for the role alongside_migrator."
            )
        return self.migrator_url

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read all settings. Raises ConfigurationError, which names the variable and what to do."""
        given = Given(os.environ if environment is None else environment)
        tls = Tls(
            required=given.converted("ALONGSIDE_TLS_REQUIRED", _yes_or_no, False, "yes or no"),
            certificates=given.optional("ALONGSIDE_TLS_CERTIFICATES"),
        )
        migrator_url = given.optional("ALONGSIDE_MIGRATOR_URL")
        tenants, anchors = given.optional("ALONGSIDE_TENANTS"), given.optional("ALONGSIDE_ANCHORS")
        return cls(
            database_url=tls.of_database(
                "DATABASE_URL",
                given.needed(
                    "DATABASE_URL", _postgresql, "an address, postgresql://alongside_app:…@host/name"
                ),
            ),
            signing_key=given.needed("ALONGSIDE_RLS_SIGNING_KEY", _secret, _AT_RANDOM),
            secret=given.needed("ALONGSIDE_SECRET", _secret, _AT_RANDOM),
            migrator_url=tls.of_database("ALONGSIDE_MIGRATOR_URL", migrator_url) if migrator_url else None,
            tls_required=tls.required,
            demonstration=given.converted("ALONGSIDE_DEMONSTRATION", _yes_or_no, False, "yes or no"),
            mail=tls.of_mail(
                given.converted(
                    "ALONGSIDE_MAIL", _mail, "readable", "readable, smtp://host:port or notify:<key>"
                )
            ),
            mail_from=given.optional("ALONGSIDE_MAIL_FROM") or cls.mail_from,
            base_url=given.converted(
                "ALONGSIDE_BASE_URL", _base_url, cls.base_url, "an address with {host} or {slug} in it"
            ),
            trusted_proxy=tuple((given.optional("ALONGSIDE_TRUSTED_PROXY") or "").replace(",", " ").split()),
            metrics_token=given.optional("ALONGSIDE_METRICS_TOKEN"),
            tenants=Path(tenants) if tenants else None,
            anchors=Path(anchors) if anchors else None,
            anchor_key=given.converted("ALONGSIDE_ANCHOR_KEY", _secret, None, _AT_RANDOM),
            pool_size=given.converted(
                "ALONGSIDE_POOL_SIZE", _positive, cls.pool_size, "a whole number above 0"
            ),
            pooler=given.converted(
                "ALONGSIDE_POOLER", _pooler, False, "transaction, or nothing without a pooler"
            ),
            log_format=given.converted("ALONGSIDE_LOG_FORMAT", _log_format, cls.log_format, "json or text"),
        )


@dataclass(frozen=True)
class Tls:
    """Whether TLS is required, and the file with the trusted certificates (default: the system's)."""

    required: bool
    certificates: str | None

    def of_database(self, name: str, address: str) -> str:
        """Return a PostgreSQL address with the required TLS. Raises ConfigurationError if the address asks for less.

        A socket on this machine needs none. Source of the modes: PostgreSQL, SSL support, protection in modes.
        """
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        mode = query.get("sslmode", [""])[0]
        if not self.required or query.get("host", [parts.hostname or "/"])[0].startswith("/"):
            return address
        if mode not in ("", "verify-full"):
            raise ConfigurationError(
                f"{name} asks for sslmode={mode}, but ALONGSIDE_TLS_REQUIRED is yes: use sslmode=verify-full or leave "
                "it out."
            )
        more = [] if mode else ["sslmode=verify-full"]
        if "sslrootcert" not in query:
            more.append(f"sslrootcert={quote(self._file(), safe='/')}")
        return "&".join([address if parts.query else f"{address}?", *more]).replace("?&", "?", 1)

    def of_mail(self, mail: str) -> str:
        """Return a mail address with the required TLS; Notify always uses TLS."""
        if not self.required or not mail.startswith(("smtp://", "smtps://")):
            return mail
        own = f"&ca={quote(self._file(), safe='/')}" if self.certificates else ""
        return f"{mail}?tls=required{own}"

    def _file(self) -> str:
        """Return the file of trusted certificates. Raises ConfigurationError if it does not exist."""
        found = self.certificates or ssl.get_default_verify_paths().cafile or SYSTEM_CERTIFICATES
        if not Path(found).is_file():
            raise ConfigurationError(
                f"ALONGSIDE_TLS_CERTIFICATES: {found} is not there. Name a file with the certificates to trust."
            )
        return found


class Given:
    """Reads variables of the environment, with secrets from files, and errors that say what to do."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read from `environment`."""
        self.environment = environment

    def optional(self, name: str) -> str | None:
        """Return the text of a variable, or of the file named by NAME_FILE; None when neither is set."""
        path = self.environment.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip() or None
            except OSError as error:
                raise ConfigurationError(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from None
        return self.environment.get(name, "").strip() or None

    def needed(self, name: str, convert: Callable[[str], Value], cure: str) -> Value:
        """Return the value of a required variable."""
        text = self.optional(name)
        if text is None:
            raise ConfigurationError(
                f"{name} is not set: give it {cure}. To try the product, run “alongside demo” instead."
            )
        return self._convert(name, text, convert, cure)

    def converted(self, name: str, convert: Callable[[str], Value], default: Value, cure: str) -> Value:
        """Return the value of a variable, or its default."""
        text = self.optional(name)
        return default if text is None else self._convert(name, text, convert, cure)

    def _convert(self, name: str, text: str, convert: Callable[[str], Value], cure: str) -> Value:
        try:
            return convert(text)
        except (ValueError, LookupError):
            raise ConfigurationError(f"{name} cannot be understood: give it {cure}.") from None


_AT_RANDOM = "32 random characters or more (make them with: openssl rand -hex 32)"
_YES, _NO = {"yes", "true", "1", "on"}, {"no", "false", "0", "off"}


def _secret(text: str) -> bytes:
    if len(text) < SHORTEST_SECRET:
        raise ValueError
    return text.encode()


def _postgresql(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in {"postgresql", "postgres"} or not rest:
        raise ValueError
    return f"postgresql://{rest}"


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise ValueError
    return text.lower() in _YES


def _mail(text: str) -> str:
    if text != "readable" and not text.startswith(("smtp://", "smtps://", "notify:")):
        raise ValueError
    return text


def _base_url(text: str) -> str:
    here, there = text.format(slug="here", host="here"), text.format(slug="there", host="there")
    if not text.startswith(("https://", "http://")) or here == there:
        raise ValueError
    return text.rstrip("/")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _pooler(text: str) -> bool:
    if text not in {"transaction", "none"}:
        raise ValueError
    return text == "transaction"


def _log_format(text: str) -> str:
    if text not in {"json", "text"}:
        raise ValueError
    return text


def bundled(name: str) -> Path:
    """Return a folder that ships with the product (`templates`, `tenants`, …): the project's, else the wheel's.

    Raises ConfigurationError when neither exists.
    """
    beside_the_source = PACKAGE.parent.parent / name
    inside_the_wheel = PACKAGE / "_bundled" / name
    if PACKAGE.parent.name == "src" and beside_the_source.is_dir():
        return beside_the_source
    if inside_the_wheel.is_dir():
        return inside_the_wheel
    raise ConfigurationError(f"This installation lacks its {name}: install it again.")
