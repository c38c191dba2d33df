"""Every variable that a template reads is declared, and each attribute of a typed variable exists."""

import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from alongside.app import page_routes
from alongside.errors import EditConflict
from alongside.platform.forms.form_action import FormAction, FormContext, FormView
from alongside.platform.web.render import surroundings
from alongside.platform.web.responses import PageContext
from alongside.platform.web.templates import make_environment
from tests.structure.measure import ROOT
from tests.structure.template_variables import UNKNOWN, Reader, Scope, all_subclasses

page_routes()  # imports every page
ENVIRONMENT = make_environment(ROOT / "templates")
CONTEXTS = sorted(
    (
        one
        for one in all_subclasses(PageContext)
        if one.__module__.startswith("alongside.") and hasattr(one, "template")
    ),
    key=lambda one: f"{one.__module__}.{one.__name__}",
)


def known_everywhere(environment: Environment) -> Scope:
    """Return the variables that every template has."""
    return dict.fromkeys([*environment.globals, *surroundings()], UNKNOWN)


def faults_of(environment: Environment, template: str, declared: Scope) -> Reader:
    """Read a template with declared variables."""
    reader = Reader(environment)
    reader.read(template, known_everywhere(environment) | declared)
    return reader


def form_actions() -> Iterator[FormAction[Any, Any]]:
    """Yield every declared action that asks for something."""
    seen = set()
    for name, module in list(sys.modules.items()):
        if name.startswith("alongside."):
            for value in vars(module).values():
                for one in value if isinstance(value, tuple) else (value,):
                    if isinstance(one, FormAction) and id(one) not in seen:
                        seen.add(id(one))
                        yield one


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.__name__)
def test_a_template_reads_only_what_its_context_declares(context: type[PageContext]) -> None:
    declared = {
        name: kind for name, kind in typing.get_type_hints(context).items() if name in names_of(context)
    }
    used = set()
    for template in filter(None, (context.template, context.fragment)):
        reader = faults_of(ENVIRONMENT, template, declared)
        assert not reader.faults
        used |= reader.used
    assert names_of(context) <= used, f"nobody reads {names_of(context) - used}"


def names_of(context: type[PageContext]) -> set[str]:
    """Return the names of the fields of a context."""
    return {one.name for one in fields(context)}


ACTIONS = list(form_actions())


def context_of(action: FormAction[Any, Any]) -> type[FormContext] | None:
    """Return the class of the further variables of a form: what its function is annotated to return."""
    function = getattr(action.context, "func", action.context)  # of a partial
    more = typing.get_type_hints(function).get("return")
    return more if isinstance(more, type) and issubclass(more, FormContext) else None


def read_form(action: FormAction[Any, Any], more: type[FormContext]) -> Reader:
    """Read the template of a form with the usual variables and the further ones."""
    record = typing.get_type_hints(action.resource.load).get("return", UNKNOWN)
    usual: Scope = {
        action.resource.name: record,
        action.form_name: UNKNOWN,
        "action": FormView,
        "file_error": str,
        "conflict": EditConflict | None,
        "problems": UNKNOWN,
    }
    return faults_of(ENVIRONMENT, action.template, usual | typing.get_type_hints(more))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.name)
def test_the_template_of_a_form_reads_only_what_its_action_gives(action: FormAction[Any, Any]) -> None:
    more = context_of(action)
    assert more is not None, "`context` must be a function whose annotation names its dataclass"
    assert not read_form(action, more).faults


@pytest.mark.parametrize(
    "context",
    sorted({one for one in map(context_of, ACTIONS) if one is not None}, key=str),
    ids=lambda one: one.__name__,
)
def test_each_further_variable_of_a_form_is_read(context: type[FormContext]) -> None:
    used = {name for one in ACTIONS if context_of(one) is context for name in read_form(one, context).used}
    names = {one.name for one in fields(context)}
    assert names <= used, f"nobody reads {names - used}"


@dataclass(frozen=True)
class Pupil:
    """A row of a list."""

    name: str
    marks: tuple[int, ...]

    @property
    def best(self) -> "Pupil | None":
        """Somebody else."""
        return None


@dataclass(frozen=True, kw_only=True)
class Class:
    """The variables of an invented page."""

    pupils: list[Pupil]
    teacher: Pupil | None


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ pupils }} {{ nobody }}", "nobody"),
        ("{% for one in pupils %}{{ one.nam }}{% endfor %}", "Pupil.nam"),
        ("{% for one in pupils %}{{ one.name }}{% endfor %}{{ one.name }}", "one"),
        ("{% if teacher %}{{ teacher.best.age }}{% endif %}", "age"),
        ("{% set first = pupils[0] %}{{ first.age }}", "Pupil.age"),
        (
            "{% for one in pupils | sort %}{{ one.name.upper() }}{{ one.name.shout() }}{% endfor %}",
            "str.shout",
        ),
        ("{% macro m(a) %}{{ a.x }}{{ b }}{% endmacro %}{{ m(1) }}", "b"),
        ("{% include 'part' %}", "elsewhere"),
        ("{% extends 'page' %}{% block a %}{{ missing }}{% endblock %}", "missing"),
    ],
)
def test_a_missing_variable_or_attribute_is_found(source: str, fault: str) -> None:
    sources = {"it": source, "part": "{{ pupils }}{{ elsewhere }}", "page": "{% block a %}{% endblock %}"}
    environment = Environment(loader=DictLoader(sources), autoescape=True)
    reader = Reader(environment)
    reader.read("it", dict(typing.get_type_hints(Class)))
    assert len(reader.faults) == 1
    assert fault in reader.faults.pop()


def test_what_is_there_is_not_reported() -> None:
    source = (
        "{% extends 'page' %}{% block a %}{{ super() }}"
        "{% for one in pupils %}{{ loop.index }}{{ one.name }}{% for mark in one.marks %}{{ mark }}{% endfor %}"
        "{% set best = one.best %}{{ best.name if best }}{% endfor %}{% if other is defined %}yes{% endif %}{% endblock %}"
    )
    environment = Environment(
        loader=DictLoader({"it": source, "page": "{% block a %}{% endblock %}"}), autoescape=True
    )
    reader = Reader(environment)
    reader.read("it", dict(typing.get_type_hints(Class)))
    assert not reader.faults
    assert {"pupils", "other"} <= reader.used


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    """No line above 200 characters; break it between elements, or after a sentence."""
    root = Path(__file__).parents[2] / "templates"
    long = {
        f"{path.relative_to(root)}:{number}"
        for path in root.rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 200
    }
    assert not long


def test_every_table_can_be_read_on_a_phone() -> None:
    """On a narrow window a table becomes cards, or scrolls within its own region."""
    root = Path(__file__).parents[2] / "templates"
    wrong = []
    for path in sorted(root.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for table in re.finditer(r"<table[^>]*>.*?</table>", text, re.DOTALL):
            before = text[: table.start()].rstrip()
            opening = table[0].partition(">")[0]
            scrolls = re.search(r'alongside-table-scroll"[^>]*>$', before)
            if "alongside-table--cards" not in opening and "alongside-parts" not in opening and not scrolls:
                wrong.append(f"{path.relative_to(root)}: {opening[:80]}")
    assert not wrong, wrong
