"""Every class that a page uses is in the style sheets that are sent, from which unused components are left out."""

import re
from importlib.util import find_spec
from pathlib import Path

from alongside.platform.web.templates import ASSETS

ROOT = Path(__file__).parents[2]
CLASS = re.compile(r"(?<![\w/.-])(?:govuk|alongside)-(?:!-)?[a-z](?:[\w-]*[a-z0-9])?(?![\w-])")
MACROS = re.compile(r"component\(\s*\"([a-z-]+)\"")

WITHOUT_RULES = {
    "govuk-character-count__status",
    "govuk-checkboxes",
    "govuk-date-input",
    "govuk-file-upload--error",
    "govuk-frontend",
    "govuk-radios",
    "govuk-table__body",
    "govuk-table__head",
    "govuk-table__row",
    "govuk-tag--blue",
    "govuk-template--rebranded",
}
"""Classes of the design system without a rule in its own style sheet, or for its script alone."""


def defined() -> set[str]:
    """Return the classes with a rule in a style sheet."""
    sheets = "".join(file.read_text() for file in ASSETS.glob("*.css"))
    return {name.replace("\\", "") for name in re.findall(r"\.((?:\\.|[\w-])+)", sheets)}


def used() -> dict[str, str]:
    """Return the classes in templates, in our code, and in the library's macros that we call, with a place of each."""
    ours = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("src/**/*.py"), ASSETS / "alongside.js"]
    macros = {name for file in ours for name in MACROS.findall(file.read_text())}
    library = find_spec("govuk_frontend_jinja")
    assert library is not None and library.origin is not None and len(macros) > 5
    theirs = [
        file
        for name in macros | {"radios", "label", "hint", "fieldset", "error-message"}
        for file in Path(library.origin).parent.glob(f"templates/components/{name}/*.html")
    ]
    assert len(theirs) > 10
    found: dict[str, str] = {}
    for file in [*ours, *theirs]:
        for name in re.findall(r"class(?:es)?[=:(].*", file.read_text()):
            found |= dict.fromkeys(CLASS.findall(name), file.name)
    return found


def test_every_class_that_a_page_uses_has_a_rule() -> None:
    """When a page begins to use a component, take it out of LEFT_OUT in infra/vendor/vendor.py and run `make vendor`."""
    places = used()
    assert len(places) > 150
    assert {name: place for name, place in places.items() if name not in defined() | WITHOUT_RULES} == {}
