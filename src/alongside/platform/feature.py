"""What a feature declares, so that the web app, the worker and the command line need not know any feature.

`alongside.feature_list` holds the declarations. They name their code by references ("scheduled:JOBS"), which are loaded
when a process needs them: the command line starts without loading a page, and nothing but the app loads Litestar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeVar

from alongside.platform.access.permissions import Permission
from alongside.platform.web.navigation import NavigationItem

Declared = TypeVar("Declared")


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """A kind of notification that open pages receive.

    `payload` is what the trigger sends to the authority's channel, `name` the event of the page's stream, and
    `permission` who receives it.
    """

    payload: str
    name: str
    permission: Permission


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One feature: its tables and pages, and what it adds to shared pages and to the worker.

    References are relative to `package`: "models" is a module, "pages:routes" an object or a tuple of objects in one.
    - `models`: modules that declare tables, workflows and database rules
    - `routes`: route handlers
    - `scheduled_jobs`: each a `ScheduledJob`
    - `queue_handlers`: each a `QueueHandler`
    - `work_items`: each a `WorkItemQuery`; `work_item_lists`: each a `WorkItemList`
    - `search_sources`: each a `SearchSource`
    - `school_sections`: each a `SchoolSection`; `school_buttons`: each a `SchoolButtons`, both for a school's page
    - `profile_facts`: each a `ProfileFact`, for the performance profile of a school
    - `body_sections`: each a `BodySection`, for the page of a body that decides
    - `motion_effects`: each a `MotionEffect`, which a motion of a board carries out
    - `handovers`: each a `Handover`, for the open work of a person whose role ends
    - `calendar`: each a `CalendarSource`, for the calendar feed of a person
    - `retention`: each a `RetentionRule`
    - `personal_tables`: tables whose rows serve one person only (`person_id`), deleted when that person has left
    - `commands`: the command of each name
    - `state_colours`: the colour of each state's tag (GOV.UK Design System)
    """

    name: str
    package: str
    models: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    scheduled_jobs: tuple[str, ...] = ()
    queue_handlers: tuple[str, ...] = ()
    work_items: tuple[str, ...] = ()
    work_item_lists: tuple[str, ...] = ()
    search_sources: tuple[str, ...] = ()
    school_sections: tuple[str, ...] = ()
    school_buttons: tuple[str, ...] = ()
    profile_facts: tuple[str, ...] = ()
    body_sections: tuple[str, ...] = ()
    motion_effects: tuple[str, ...] = ()
    handovers: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    personal_tables: tuple[str, ...] = ()
    navigation: tuple[NavigationItem, ...] = ()
    live_events: tuple[LiveEvent, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)
    state_colours: Mapping[str, str] = field(default_factory=dict)

    def import_models(self) -> None:
        """Declare the tables, workflows and database rules of this feature."""
        for module in self.models:
            import_module(f"{self.package}.{module}")

    def load(self, references: Iterable[str], kind: type[Declared]) -> list[Declared]:
        """Return the objects that the references name; a tuple or list is flattened.

        Raises TypeError for an object of another kind.
        """
        found: list[Declared] = []
        for reference in references:
            module, _, name = reference.partition(":")
            named = getattr(import_module(f"{self.package}.{module}"), name)
            for one in named if isinstance(named, list | tuple) else (named,):
                if not isinstance(one, kind):
                    raise TypeError(f"{self.name}: {reference} is not a {kind.__name__}")
                found.append(one)
        return found


_installed: list[Feature] = []


def install_features(features: Iterable[Feature]) -> None:
    """Set the features of this installation, lowest first."""
    _installed[:] = features


def installed_features() -> tuple[Feature, ...]:
    """Return the features of this installation, lowest first: a feature may use those before it."""
    return tuple(_installed)


def state_colours() -> dict[str, str]:
    """Return the colour of each state's tag. Raises ValueError if two features give a state different colours."""
    colours: dict[str, str] = {}
    for feature in _installed:
        for state, colour in feature.state_colours.items():
            if colours.setdefault(state, colour) != colour:
                raise ValueError(f"{feature.name}: the state {state} has the colour {colours[state]} already")
    return colours
