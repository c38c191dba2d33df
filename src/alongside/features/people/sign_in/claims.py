"""Read identity and workplace from a provider's claims. An email address is never an identity."""

from collections.abc import Mapping
from dataclasses import dataclass

from alongside.features.authorities.settings import SignIn
from alongside.features.people.sign_in.errors import SignInRefused

ESTABLISHMENT, LOCAL_AUTHORITY = "001", "002"
"""Categories of organisation. Source: DfE Sign-in public API, “organisation” claim."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A user as identified by the provider: `issuer` and `subject` never change; name and email may."""

    issuer: str
    subject: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Workplace:
    """The user's organisation in DfE Sign-in: a school by its URN, or the local authority (None)."""

    organisation_id: str
    school_urn: int | None


def identified(way: SignIn, claims: Mapping[str, object]) -> Identified:
    """The identity in the claims: issuer and subject; for Entra the subject is directory (tid) and object (oid).

    Raises SignInRefused for a directory that the authority does not allow. Source: Microsoft identity platform, “ID
    token claims reference”: neither email nor preferred_username may be used for this.
    """
    subject = str(claims["sub"])
    if way.kind == "entra":
        directory, thing = claims.get("tid"), claims.get("oid")
        if directory not in way.allowed_tids:
            raise SignInRefused("wrong_directory", f"directory {str(directory)[:60]!r}")
        if not is_name(thing):
            raise SignInRefused("not_believed", "the ID token names no oid")
        subject = f"{directory}/{thing}"
    return Identified(str(claims["iss"]), subject, _name(claims), _email(claims))


def workplace(claims: Mapping[str, object], authority_id: int) -> Workplace:
    """The user's workplace, if it is one school or this authority; otherwise raises SignInRefused."""
    said = claims.get("organisation")
    if isinstance(said, list):
        if len(said) > 1:
            raise SignInRefused("several_organisations", f"{len(said)} organisations")
        said = said[0] if said else None
    if not isinstance(said, Mapping) or not said.get("id"):
        raise SignInRefused("no_organisation")
    category = said.get("category")
    kind = category.get("id") if isinstance(category, Mapping) else None
    if kind == ESTABLISHMENT:
        urn = _number(said.get("urn"))
        if urn is None:
            raise SignInRefused("other_organisation", "an establishment without URN")
        return Workplace(str(said["id"]), urn)
    if kind == LOCAL_AUTHORITY and _number(said.get("establishmentNumber")) == authority_id:
        return Workplace(str(said["id"]), None)
    raise SignInRefused("other_organisation", f"category {str(kind)[:20]!r}")


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 6 else None


def _name(claims: Mapping[str, object]) -> str:
    whole = claims.get("name")
    if not isinstance(whole, str) or not whole.strip():
        parts = [claims.get("given_name"), claims.get("family_name")]
        whole = " ".join(part for part in parts if isinstance(part, str))
    return _storable(whole)[:120]


def _email(claims: Mapping[str, object]) -> str | None:
    email = claims.get("email")
    return _storable(email)[:254] if isinstance(email, str) and "@" in email else None


def _storable(text: str) -> str:
    """The text without characters that PostgreSQL cannot store: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def is_name(value: object) -> bool:
    """Whether this is a valid subject: printable ASCII, at most 255 characters. Source: Core 1.0, 2."""
    return isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable()
