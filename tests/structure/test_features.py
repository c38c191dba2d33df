"""What the features declare can be loaded, and fits together."""

import re
from pathlib import Path

import click
import pytest
from litestar.handlers import HTTPRouteHandler

from alongside.feature_list import FEATURES
from alongside.models_registry import Base
from alongside.platform.calendar_items import CalendarSource
from alongside.platform.feature import Feature, state_colours
from alongside.platform.handovers import Handover
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.queue_handler import QueueHandler
from alongside.platform.retention import RetentionRule
from alongside.platform.school_sections import SchoolButtons, SchoolSection
from alongside.platform.search_sources import SearchSource
from alongside.platform.work_items import WorkItemList, WorkItemQuery
from alongside.worker.schedule import declared_schedule

ROOT = Path(__file__).parents[2]
COLOURS = {"grey", "green", "turquoise", "blue", "light-blue", "purple", "pink", "red", "orange", "yellow"}
"""The colours of tags in the GOV.UK Design System."""


def test_the_list_has_every_package_of_features_once() -> None:
    """A package that is forgotten in the list fails here."""
    packages = sorted(path.parent.name for path in (ROOT / "src/alongside/features").glob("*/__init__.py"))
    assert sorted(one.name for one in FEATURES) == sorted([*packages, "platform"])


def test_every_module_of_tables_is_declared() -> None:
    """A module `models.py` that no feature names would leave its tables out of the schema."""
    declared = {f"{one.package}.{module}" for one in FEATURES for module in one.models}
    source = ROOT / "src"
    found = {
        ".".join(path.relative_to(source).with_suffix("").parts)
        for path in (source / "alongside").rglob("models.py")
    }
    assert found - declared == set()


@pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.name)
def test_every_reference_can_be_loaded(feature: Feature) -> None:
    """A wrong name fails here and not when the page or command is first used."""
    feature.import_models()
    feature.load(feature.routes, HTTPRouteHandler)
    feature.load(feature.scheduled_jobs, ScheduledJob)
    feature.load(feature.queue_handlers, QueueHandler)
    feature.load(feature.handovers, Handover)
    feature.load(feature.calendar, CalendarSource)
    feature.load(feature.retention, RetentionRule)
    feature.load(feature.work_items, WorkItemQuery)
    feature.load(feature.work_item_lists, WorkItemList)
    feature.load(feature.search_sources, SearchSource)
    feature.load(feature.school_sections, SchoolSection)
    feature.load(feature.school_buttons, SchoolButtons)
    for name, reference in feature.commands.items():
        (command,) = feature.load((reference,), click.Command)
        assert command.name == name


def test_every_table_of_one_person_has_the_person_in_a_column() -> None:
    """Its rows are deleted by this column when the person has left."""
    for feature in FEATURES:
        for table in feature.personal_tables:
            assert "person_id" in Base.metadata.tables[table].columns


def test_no_two_jobs_have_one_name() -> None:
    """The name is the key of the table of runs: of two, only one would run."""
    names = [job.name for job in declared_schedule().jobs]
    assert len(names) == len(set(names))


def test_every_state_has_one_colour_of_the_design_system() -> None:
    """Two features that disagree about a state's colour are refused."""
    assert set(state_colours().values()) <= COLOURS


def test_pages_listen_to_declared_events_only() -> None:
    """A part of a page that waits for an event which nobody sends would never be updated."""
    waiting = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'data-live="([^"]+)"', path.read_text())
    }
    assert waiting == {event.name for one in FEATURES for event in one.live_events}
