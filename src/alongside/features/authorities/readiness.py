"""Checks before an authority goes live: missing settings, and values copied from another authority.

A host under `localhost` or one of the names that are reserved for examples cannot be reached by a school. An
authority with only such hosts is not live (demonstration and tests). Sources: RFC 2606, RFC 6761.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from alongside.features.authorities.settings import AuthoritySettings, SignIn
from alongside.platform.school_calendar.calendar import academic_year

RESERVED = re.compile(r"(?:^|\.)(?:localhost|example|test|invalid|example\.(?:com|net|org))$")
LONGEST_HOLIDAY = 30
"""The most days between two terms of one academic year; Easter holidays are at most two and a half weeks."""

NAMES = ("autumn", "spring", "summer")
Found = Iterator[tuple[str, str]]


def is_live(settings: AuthoritySettings) -> bool:
    """Whether schools could reach this authority: at least one host is not reserved."""
    return any(not is_reserved(host) for host in settings.hosts)


def is_reserved(host: str) -> bool:
    """Whether a host, with or without its port, is reserved for examples or the local machine."""
    name = host.partition(":")[0].lower().rstrip(".")
    return bool(RESERVED.search(name)) or name == "127.0.0.1"


def mailboxes(settings: AuthoritySettings) -> Found:
    """Every mailbox of an authority, with the path of its setting."""
    yield "mail.reply_to", settings.mail.reply_to
    yield "escalation_reminders.director_mailbox", settings.escalation_reminders.director_mailbox
    for key, contact in settings.contacts.items():
        yield f"contacts.{key}.mailbox", contact.mailbox


def not_ready(settings: AuthoritySettings) -> Found:
    """Missing settings of a live authority: sign-in providers, real issuers and real mailboxes."""
    if not is_live(settings):
        return
    if not settings.sign_in:
        yield "sign_in", "Nobody can sign in. Add a provider; tenants/README.md says how."
    for place, way in enumerate(settings.sign_in, start=1):
        if is_reserved(re.sub(r"^https?://([^/]*).*$", r"\1", way.issuer)):
            yield f"sign_in[{place}].issuer", f"{way.issuer} is an example. Write the provider's own address."
    for path, mailbox in mailboxes(settings):
        if is_reserved(mailbox.rpartition("@")[2]):
            yield path, f"{mailbox} is an example that nobody reads. Write the authority's own mailbox."


def incomplete_years(settings: AuthoritySettings) -> Found:
    """Academic years that are declared in part, whose other days would not be school days.

    A year without any declared term has the usual holidays (see `calendar.is_school_day`).
    """
    for year in sorted({term.year for term in settings.terms}):
        terms = sorted((one for one in settings.terms if one.year == year), key=lambda one: one.starts_on)
        missing = [name for name in NAMES if name not in {one.name for one in terms}]
        if missing:
            yield (
                "terms",
                f"{year} has no {' and no '.join(missing)} term, so none of its days would be a school day. "
                f"Declare all three terms of {year}, or none.",
            )
            continue
        if len(terms) > len(NAMES):
            yield "terms", f"{year} has a term twice. Keep one of each name."
        first = int(year[:4])
        if terms[0].starts_on > date(first, 9, 20) or terms[-1].ends_on < date(first + 1, 7, 1):
            yield (
                "terms",
                f"{year} runs from {terms[0].starts_on} to {terms[-1].ends_on}, which is not a whole school year. "
                "Correct its first or last day.",
            )
        for earlier, later in pairwise(terms):
            if (later.starts_on - earlier.ends_on).days > LONGEST_HOLIDAY:
                yield (
                    "terms",
                    f"{academic_year(earlier.ends_on)} has no school day between {earlier.ends_on} and "
                    f"{later.starts_on}. Correct one of the days.",
                )


def not_served(settings: AuthoritySettings) -> Found:
    """Providers that do not serve this authority."""
    for key, provider in settings.providers.items():
        if settings.dfe_code not in provider.serves:
            yield (
                f"providers.{key}.serves",
                f"{provider.label} does not serve {settings.dfe_code}. Add the code, or take the provider out.",
            )


def copied_from(settings: AuthoritySettings, other: AuthoritySettings, file: str) -> Found:
    """Values in these settings that belong to another authority, which tenants/`file` declares."""
    theirs = {mailbox.lower() for _, mailbox in mailboxes(other)}
    for path, mailbox in mailboxes(settings):
        domain = mailbox.rpartition("@")[2].lower()
        shared = mailbox.lower() in theirs and not is_reserved(domain)
        if shared or (other.slug in domain.split(".") and settings.slug != other.slug):
            yield path, f"{mailbox} is a mailbox of tenants/{file}. Write this authority's own."
    local = {one.label for one in other.designations.values() if one.scheme == "local"}
    for key, one in settings.designations.items():
        if one.scheme == "local" and one.label in local:
            yield f"designations.{key}", f"“{one.label}” is given by tenants/{file}. Take it out."
    for place, way in enumerate(settings.sign_in, start=1):
        if any(_admit_same_people(way, known) for known in other.sign_in):
            yield f"sign_in[{place}]", f"This is how people of tenants/{file} sign in. Write your own."
    for path, text in _own_words(settings):
        if any(
            _names(text, name) and name not in settings.name for name in (other.name, other.brand.short_name)
        ):
            yield path, f"“{text}” names the authority of tenants/{file}. Write your own."


def _admit_same_people(way: SignIn, known: SignIn) -> bool:
    """Whether two sign-in providers admit the same people. Authorities may share one DfE Sign-in client."""
    same_client = way.kind == "oidc" and (way.issuer, way.client_id) == (known.issuer, known.client_id)
    return same_client or bool(set(way.allowed_tids) & set(known.allowed_tids))


def _names(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _own_words(settings: AuthoritySettings) -> Found:
    """Texts in which an authority may name itself, with their paths."""
    yield "governance.commissioner", settings.governance.commissioner
    yield "governance.board", settings.governance.board
    for key, fund in settings.funds.items():
        yield f"funds.{key}.held_by", fund.held_by
    for key, one in settings.consortia.items():
        yield f"consortia.{key}.name", one.name
