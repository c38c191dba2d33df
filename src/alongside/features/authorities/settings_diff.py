"""Differences between two versions of an authority's settings, and changes that are refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

RETIRE_ONLY = (
    "themes",
    "key_stages",
    "forms_of_support",
    "urgencies",
    "escalation_urgencies",
    "escalation_reasons",
    "designations",
    "categories",
    "school_labels",
    "measures",
    "decline_reasons",
    "withdrawal_reasons",
    "ending_reasons",
)
"""Lists whose keys are used in records: an entry can be retired but not removed."""

ABSENT = object()
EMPTY: tuple[object, ...] = ("", False, [])


@dataclass(frozen=True, slots=True)
class Change:
    """One changed setting; `before` is ABSENT for a new one, `after` for a removed one."""

    path: str
    before: object
    after: object

    def __str__(self) -> str:
        """One line of a plan."""
        if self.before is ABSENT:
            return f"+ {self.path} = {shown(self.after)}"
        if self.after is ABSENT:
            return f"- {self.path} = {shown(self.before)}"
        return f"~ {self.path}: {shown(self.before)} → {shown(self.after)}"


def changes_between(
    before: Mapping[str, object], after: Mapping[str, object], path: str = ""
) -> Iterator[Change]:
    """Every setting that differs, with its path, in the order of the settings.

    A missing setting equals an empty one and one that is off.
    """
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key, ABSENT), after.get(key, ABSENT)
        place = f"{path}.{key}" if path else key
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            yield from changes_between(
                old if isinstance(old, Mapping) else {}, new if isinstance(new, Mapping) else {}, place
            )
        elif old != new and not (old is ABSENT and new in EMPTY) and not (new is ABSENT and old in EMPTY):
            yield Change(place, old, new)


def refusals(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Why settings may not replace those in force: sentences that say what to do."""
    found = [
        f"{name}.{key} is used in what people wrote. Keep it and add “retired = true”."
        for name in RETIRE_ONLY
        for key in _keys(before, name)
        if key not in _keys(after, name)
    ]
    if before and before["dfe_code"] != after["dfe_code"]:
        found.append("dfe_code is the key of every row and cannot change. Declare another authority.")
    return found


def _keys(settings: Mapping[str, object], name: str) -> list[str]:
    listed = settings.get(name)
    return list(listed) if isinstance(listed, Mapping) else []


def shown(value: object) -> str:
    """Format a value for one line of a plan."""
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {shown(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"“{value}”" if isinstance(value, str) else str(value)
