"""Generate tenants/README.md from the comments in _defaults.toml."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from alongside.features.authorities.later import LATER
from alongside.features.authorities.settings_diff import shown

OPENING = """# Authorities

Each file here declares one local authority: `wigan.toml` contains only the settings in which Wigan differs from
`_defaults.toml`. Authorities differ in these settings and nowhere else.

    alongside authority new stockton   write a file with what to fill in (--help)
    alongside authority check          read every file and list all mistakes
    alongside authority plan wigan     show what applying tenants/wigan.toml would change
    alongside authority apply wigan    show the changes, ask, and apply them

To add an authority, run `alongside authority new SLUG`: it writes a file with the settings that have no default, and
lists what to fill in. `check` refuses mailboxes and designations of another authority, example mailboxes, a school
year that is declared in part, and an authority at a real host without a sign-in provider. Applying a file that does
not differ changes nothing. Records are never deleted: an entry of a list is retired, a consortium is ended.

This page is generated from the comments in `_defaults.toml` by `alongside authority handbook`.
"""


@dataclass
class Section:
    """A table of the defaults: its comment, and its settings as (name, meaning)."""

    name: str
    meaning: str = ""
    settings: list[tuple[str, str]] = field(default_factory=list)


def handbook(defaults: str) -> str:
    """The settings reference in Markdown, from the text of the defaults file."""
    values = tomllib.loads(defaults)
    prose, sections = _read(defaults)
    parts = [OPENING, "\n".join(f"{part}\n" for part in prose)]
    parts += [_chapter(section, values) for section in sections if section.name or section.settings]
    return "\n".join(parts).rstrip() + "\n"


def _read(defaults: str) -> tuple[list[str], list[Section]]:
    """The introduction at the top, and every section with its comments."""
    prose: list[str] = []
    comment: list[str] = []
    sections = [Section("")]
    for line in defaults.splitlines():
        table = re.fullmatch(r"\[+([a-z_]+)(?:\.[a-z0-9_]+)?\]+", line)
        setting = re.match(r"([a-z0-9_]+) = ", line)
        if line.startswith("# "):
            comment.append(line.removeprefix("# ").strip())
            continue
        if table and sections[-1].name != table[1]:
            sections.append(Section(table[1], " ".join(comment)))
        elif setting and (comment or not sections[-1].name):
            sections[-1].settings.append((setting[1], " ".join(comment)))
        elif line in {"", "#"} and comment:
            prose.append(" ".join(comment))
        comment = []
    return prose, sections


def _chapter(section: Section, values: dict[str, object]) -> str:
    if not section.name:
        return _table("", section.settings, values)
    body = values[section.name]
    lines = [f"## {section.name}\n", f"{section.meaning}{_later(section.name)}\n"]
    if section.settings and isinstance(body, dict):
        lines.append(_table(section.name, section.settings, body))
    elif isinstance(body, dict) and body:
        entries = [f"| `{key}` | {_entry(entry)} |" for key, entry in body.items()]
        lines.append("\n".join(["| key | default |", "| --- | --- |", *entries, ""]))
    elif isinstance(body, list):
        lines.append("\n".join(_terms(body)))
    else:
        lines.append("None by default.\n")
    return "\n".join(lines)


def _later(path: str) -> str:
    """The note for a setting that has no effect yet; empty for others."""
    return f" No effect yet: {LATER[path]}." if path in LATER else ""


def _table(section: str, settings: list[tuple[str, str]], values: dict[str, object]) -> str:
    rows = [
        f"| `{name}` | {meaning}{_later(f'{section}.{name}')} | {shown(values[name])} |"
        for name, meaning in settings
    ]
    return "\n".join(["| setting | meaning | default |", "| --- | --- | --- |", *rows, ""])


def _entry(entry: dict[str, object]) -> str:
    first = entry.get("label") or entry.get("role") or entry.get("name", "")
    rest = [
        f"{name} {shown(value)}" for name, value in entry.items() if name not in {"label", "role", "name"}
    ]
    return f"{first}; {', '.join(rest)}" if rest else str(first)


def _terms(terms: list[dict[str, object]]) -> Iterator[str]:
    yield "| year | term | first day | break | last day |"
    yield "| --- | --- | --- | --- | --- |"
    for term in terms:
        pause = f"{term['break_starts_on']} to {term['break_ends_on']}"
        yield f"| {term['year']} | {term['name']} | {term['starts_on']} | {pause} | {term['ends_on']} |"
    yield ""
