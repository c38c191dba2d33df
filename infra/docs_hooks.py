"""MkDocs hook: adds the settings reference to the site, from the page generated out of the default settings."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

REFERENCE = Path(__file__).parents[1] / "tenants" / "README.md"
INTRODUCTION = """# Settings

This page lists every setting of a local authority with its default. It is generated from the comments in
`tenants/_defaults.toml`.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add settings.md, with the text of tenants/README.md after its heading."""
    text = REFERENCE.read_text(encoding="utf-8")
    _, separator, body = text.partition("\n")
    files.append(File.generated(config, "settings.md", content=INTRODUCTION + separator + body))
    return files
