"""The labels and formatters with which every page of the directory displays an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.directory.evidence import LEVELS, Level, level_of
from alongside.features.directory.labels import LABELS, STATES, WORKED, display_value
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class EntryLabels:
    """The labels of fields, states and answers, and the evidence levels, for one authority.

    `summary` is the number of characters of an entry's text that a list shows.
    """

    settings: AuthoritySettings
    fields: ClassVar[Mapping[str, str]] = LABELS
    states: ClassVar[Mapping[str, str]] = STATES
    worked: ClassVar[Mapping[str, str]] = WORKED
    levels: ClassVar[Sequence[Level]] = LEVELS
    summary: ClassVar[int] = 260

    def value(self, name: str, value: object) -> str:
        """Return the value of a field as it is displayed."""
        return display_value(self.settings, name, value)

    def level(self, number: int) -> Level:
        """Return the evidence level with this number."""
        return level_of(number)


def labels_for(person: Principal) -> EntryLabels:
    """Return the labels of the person's authority."""
    return EntryLabels(settings_of(person.authority_id))
