"""The methods that the product ships, one for each phase."""

import tomllib
from functools import cache
from pathlib import Path

from alongside.features.profiles.method import MethodContent, method_from

FILE = Path(__file__).with_name("default_methods.toml")


@cache
def default_methods() -> dict[str, MethodContent]:
    """Return the methods by phase."""
    values = tomllib.loads(FILE.read_text("utf-8"))
    return {phase: method_from(content) for phase, content in values.items()}
