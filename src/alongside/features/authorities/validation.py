"""Validate an authority's settings: all mistakes at once, each with its path and how to correct it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args, get_origin

import msgspec

from alongside.features.authorities.body_settings import mistakes_of_body
from alongside.features.authorities.readiness import copied_from, incomplete_years, not_ready, not_served
from alongside.features.authorities.secret_names import foreign_names, prefix_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.platform.school_calendar.calendar import academic_year

KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
LOCAL = re.compile(r"^http://(localhost|127\.0\.0\.1)(:\d+)?(/|$)")
FORMS = {
    r"^[^@\s]+@[^@\s]+$": "Enter an email address, like name@council.gov.uk.",
    r"^https?://[^\s]+$": "Enter an address that starts with https://.",
    r"^#[0-9a-f]{6}$": "Enter a colour as six digits, like #1d3d6e.",
    r"^20\d\d-\d\d$": "Enter a financial year, like 2026-27.",
    r"^20\d\d-\d{2}$": "Enter an academic year, like 2024-25.",
    r"^E\d{8}$": "Enter the GSS code of the authority, like E06000004.",
    r"^[a-z0-9.-]+(:\d+)?$": "Enter a host name in small letters, like alongside.council.gov.uk.",
    r"^[a-z][a-z0-9-]{1,30}$": "Use small letters, digits and hyphens, and start with a letter.",
    r"^[a-z][a-z0-9_]{0,39}$": "Use small letters, digits and low lines, and start with a letter.",
    r"^[A-Z][A-Z0-9_]*$": "Enter the name of an environment variable, in capital letters.",
}
"""What to write, by the pattern of a setting."""

READABLE = 4.5
"""The minimum contrast of text and background. Source: WCAG 2.2, success criterion 1.4.3 (level AA)."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a file: the setting's path (“periods.respond_by”) and a sentence that says how to correct it."""

    file: str
    path: str
    sentence: str

    def __str__(self) -> str:
        """One line: where, what, and what to do."""
        return f"tenants/{self.file}: {self.path + ': ' if self.path else ''}{self.sentence}"


def mistakes_in(written: Mapping[str, object], file: str) -> list[Mistake]:
    """All mistakes of one authority, merged with the defaults: types first; if those are right, the values."""
    found = [Mistake(file, path, sentence) for path, sentence in _shape(written, AuthoritySettings, "")]
    if written.get("hosts") == []:
        found.append(Mistake(file, "hosts", "Name at least one host at which the authority is served."))
    if found:
        return found
    settings = msgspec.convert(written, AuthoritySettings)
    checks = (
        _brand,
        _terms,
        incomplete_years,
        _training_days,
        _lists,
        _bodies,
        _measures,
        _escalation_reminders,
        _problems_of_sign_in_and_mail,
        not_served,
        not_ready,
    )
    return [Mistake(file, path, sentence) for check in checks for path, sentence in check(settings)]


def mistakes_across(
    read: Mapping[str, AuthoritySettings], shipped: Mapping[str, AuthoritySettings] | None = None
) -> list[Mistake]:
    """Values that two authorities may not share (slug, codes, hosts), and values that name another authority.

    `read` maps a file to its settings; `shipped` are the bundled authorities, from which a file may have been
    copied.
    """
    owner: dict[tuple[str, str | int], str] = {}
    found = []
    for file, settings in read.items():
        unique: list[tuple[str, str | int]] = [
            ("slug", settings.slug),
            ("dfe_code", settings.dfe_code),
            ("gss_code", settings.gss_code),
            *(("hosts", host) for host in settings.hosts),
        ]
        for path, value in unique:
            first = owner.setdefault((path, value), file)
            if first != file:
                found.append(
                    Mistake(file, path, f"{value} is already taken by tenants/{first}. Choose another.")
                )
        others = {name: one for name, one in {**(shipped or {}), **read}.items() if name != file}
        for name, other in others.items():
            if other.dfe_code != settings.dfe_code:
                found += [Mistake(file, *mistake) for mistake in copied_from(settings, other, name)]
    return found


def _shape(value: object, wanted: object, path: str) -> Iterator[tuple[str, str]]:
    """Values that do not have the expected type, each with its path."""
    kinds = get_args(wanted)
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct) and isinstance(value, Mapping):
        yield from _struct_shape(value, wanted, path)
    elif get_origin(wanted) is dict and isinstance(value, Mapping):
        for key, item in value.items():
            if not KEY.match(key):
                yield _under(path, key), "A key has small letters, digits and low lines only. Rename it."
            yield from _shape(item, kinds[1], _under(path, key))
    elif get_origin(wanted) is tuple and isinstance(value, list):
        for place, item in enumerate(value, start=1):
            yield from _shape(item, kinds[0], f"{path}[{place}]")
    else:
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            yield path, f"{_cure(str(error))} It says {_shown(value)}."


def _struct_shape(
    value: Mapping[str, object], wanted: type[msgspec.Struct], path: str
) -> Iterator[tuple[str, str]]:
    known = {field.name: field for field in msgspec.structs.fields(wanted)}
    for name in value:
        if name not in known:
            near = [one for one in known if one[:3] == name[:3]] or list(known)
            yield (
                _under(path, name),
                f"There is no such setting. Take it out, or use one of: {', '.join(near)}.",
            )
    for name, field in known.items():
        if name in value:
            yield from _shape(value[name], field.type, _under(path, name))
        elif field.required:
            yield _under(path, name), "This is missing. Add it; tenants/README.md says what it means."


def _cure(message: str) -> str:
    message = re.sub(r" - at `.*`$", "", message)
    pattern = re.search(r"matching regex '(.*)'", message)
    if pattern:
        return FORMS[pattern[1].replace("\\\\", "\\")]
    return f"{message[0].upper()}{message[1:].rstrip('.')}: write it so."


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _brand(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    contrast = 1.05 / (_luminance(settings.brand.colour) + 0.05)
    if contrast < READABLE:
        yield (
            "brand.colour",
            f"White text on it has a contrast of {contrast:.1f}, not {READABLE}. Choose a darker colour.",
        )


def _luminance(colour: str) -> float:
    """Relative luminance of “#rrggbb”, 0 to 1. Source: WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _terms(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    for place, term in enumerate(settings.terms, start=1):
        path = f"terms[{place}]"
        if not term.starts_on <= term.break_starts_on <= term.break_ends_on <= term.ends_on:
            yield (
                path,
                "The days are out of order: first day, break from, break to, last day. Put them in order.",
            )
        for day in (term.starts_on, term.ends_on):
            if academic_year(day) != term.year:
                yield path, f"{day} is in {academic_year(day)}, not {term.year}. Correct the day or the year."
    ordered = sorted(settings.terms, key=lambda term: term.starts_on)
    for earlier, later in pairwise(ordered):
        if later.starts_on <= earlier.ends_on:
            yield (
                "terms",
                f"{later.name} {later.year} begins before {earlier.name} {earlier.year} ends. Correct one.",
            )


def _training_days(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    for place, day in enumerate(settings.inset_days, start=1):
        in_term = any(
            term.starts_on <= day <= term.ends_on and not term.break_starts_on <= day <= term.break_ends_on
            for term in settings.terms
        )
        if day.weekday() >= 5 or not in_term:
            yield f"inset_days[{place}]", f"{day} is not a weekday in term. Correct it or take it out."


def _lists(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    for name in (
        "themes",
        "key_stages",
        "forms_of_support",
        "urgencies",
        "escalation_urgencies",
        "categories",
        "contacts",
    ):
        entries = getattr(settings, name)
        if not [entry for entry in entries.values() if not getattr(entry, "retired", False)]:
            yield name, "Nothing is left to choose. Keep at least one entry that is not retired."
    for name in ("decline_reasons", "withdrawal_reasons", "ending_reasons", "escalation_reasons"):
        if not any(entry.needs_words and not entry.retired for entry in getattr(settings, name).values()):
            yield name, "Keep an entry for another reason, with needs_words = true."
    for name in ("urgencies", "escalation_urgencies", "categories"):
        orders = [entry.order for entry in getattr(settings, name).values()]
        if len(set(orders)) < len(orders):
            yield name, "Two entries have the same order. Number them 1, 2, 3 and so on."
    names = [one.name.casefold() for one in settings.consortia.values()]
    for key, one in settings.consortia.items():
        if names.count(one.name.casefold()) > 1:
            yield f"consortia.{key}.name", f"Two are called {one.name}. Give each its own name."


def _bodies(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    for key, body in settings.bodies.items():
        for path, sentence in mistakes_of_body(body):
            yield f"bodies.{key}.{path}", sentence


def _measures(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    taken: dict[tuple[str, str], str] = {}
    for key, one in settings.measures.items():
        if one.table == "local":
            continue
        if not one.column:
            yield f"measures.{key}.column", "This is missing. Name the column of the table."
        first = taken.setdefault((one.table, one.column), key)
        if one.column and first != key:
            yield f"measures.{key}.column", f"The measure {first} has this column already. Name another."


def _escalation_reminders(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    ladder = settings.escalation_reminders
    if not ladder.core_team_after <= ladder.head_of_service_after <= ladder.director_after:
        yield (
            "escalation_reminders",
            "Those above are told before those below. Let core team, head of service and director follow in order.",
        )


def _problems_of_sign_in_and_mail(settings: AuthoritySettings) -> Iterator[tuple[str, str]]:
    keys = [way.key for way in settings.sign_in]
    for place, way in enumerate(settings.sign_in, start=1):
        if keys.count(way.key) > 1:
            yield f"sign_in[{place}].key", f"Two ways to sign in have the key {way.key}. Rename one."
        for setting, address in (("issuer", way.issuer), ("api_address", way.api_address or "")):
            if address.startswith("http://") and not LOCAL.match(address):
                yield (
                    f"sign_in[{place}].{setting}",
                    "Anybody on the way could change it. Use its https:// address.",
                )
        if way.kind == "dfe_sign_in" and way.api_secret_in is None:
            yield f"sign_in[{place}].api_secret_in", "This is missing. Name the variable with the API secret."
        for setting in foreign_names(settings.slug, way):
            yield (
                f"sign_in[{place}].{setting}",
                f"It may name this authority's own secrets only. Name it {prefix_of(settings.slug)} and one word.",
            )
        if way.kind == "entra" and not way.allowed_tids:
            yield (
                f"sign_in[{place}].allowed_tids",
                "Without it anybody with a Microsoft account could come in. Name the tenants to let in.",
            )
    if settings.mail.window_opens >= settings.mail.window_closes:
        yield "mail.window_closes", "The window closes before it opens. Set it to a later time of the day."
