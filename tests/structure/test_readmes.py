"""The generated parts of the READMEs match the code."""

import re
from pathlib import Path

import pytest

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.platform.access.permissions import ROLE_PERMISSIONS
from alongside.platform.access.principal import ROLE_NAMES, SIGNED_IN_ROLES
from alongside.platform.workflow import WORKFLOWS, diagram

SOURCE = Path(__file__).parents[2] / "src" / "alongside"


def generated(name: str) -> str:
    """Return the text between the markers of this name, in the README that has them."""
    for path in SOURCE.rglob("README.md"):
        found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end [a-z ]+-->", path.read_text(), re.DOTALL)
        if found:
            return found[1].strip()
    raise AssertionError(f"no README holds <!-- {name} -->")


@pytest.mark.parametrize("subject", sorted(WORKFLOWS))
def test_every_workflow_is_drawn_as_it_is(subject: str) -> None:
    """Run `python -m tests.structure.write_readmes` after changing transitions or permissions."""
    assert generated(f"diagram: {subject}") == diagram(WORKFLOWS[subject])


def matrix() -> str:
    """Return the permissions as a table: permission by role, with the scope."""
    roles = [role for role in ROLE_NAMES if role in SIGNED_IN_ROLES]
    lines = [
        "| permission | " + " | ".join(ROLE_NAMES[role] for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for permission, entry in ROLE_PERMISSIONS.items():
        cells = [entry[role].described() if role in entry else "–" for role in roles]
        lines.append(f"| {permission.value.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_law_is_printed_as_it_is() -> None:
    """The printed table is the one that the code uses."""
    assert generated("matrix") == matrix()
