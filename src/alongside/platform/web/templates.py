"""The Jinja environment: strict about undefined names, autoescaping, with filters for dates and days."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alongside.platform.web.components import component, error_summary, form_field
from alongside.platform.web.formatting import FILTERS
from alongside.platform.web.markdown import plain, rendered

ASSETS = Path(__file__).parent / "assets"


def words(state: str) -> str:
    """Format a state's key as words: to_confirm → to confirm."""
    return state.replace("_", " ")


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Return the address of an asset with a digest of its content, so that it may be cached for a year."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:10]
    return f"/assets/{name}?v={digest}"


def make_environment(folder: Path, state_colours: Mapping[str, str] | None = None) -> Environment:
    """Create the environment for a folder of templates; `state_colours` are the colours of the states' tags."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS, words=words, markdown=rendered, plain=plain)
    environment.globals.update(
        asset=asset,
        component=component,
        form_field=form_field,
        form_errors=error_summary,
        page_form=None,
        state_colours=state_colours or {},
    )
    return environment
