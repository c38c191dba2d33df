"""Templates compile, and contain nothing that the content security policy blocks or escaping misses."""

import re
from pathlib import Path

import pytest

from alongside.platform.web.templates import make_environment

FOLDER = Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
FORBIDDEN = {
    "a style of its own": r"\sstyle\s*=|<style",
    "a script of its own": r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|hx-on|javascript:",
    "an expression for the browser to run": r"hx-vals\s*=\s*['\"]?js:|hx-vars",
    "text that is not escaped": r"\|\s*safe|Markup|autoescape\s+false",
    "something from elsewhere": r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_holds_nothing_forbidden(name: str) -> None:
    """Each template compiles in the environment of the pages and has no forbidden markup."""
    make_environment(FOLDER).get_template(name)
    text = (FOLDER / name).read_text()
    for what, pattern in FORBIDDEN.items():
        assert not re.search(pattern, text), f"{name} holds {what}"


def test_every_template_is_used() -> None:
    """Every template is used by a page, a fragment or an email."""
    sources = [*(FOLDER.parent / "src").rglob("*.py"), *FOLDER.rglob("*.*")]
    everything = "\n".join(path.read_text() for path in sources)
    unused = [
        name
        for name in TEMPLATES
        if not re.search(f'"/?{re.escape(name)}"', everything) and not name.startswith("errors/")
    ]
    assert not unused
