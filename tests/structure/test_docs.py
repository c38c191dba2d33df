"""The documentation site: its pages and links exist, and the decisions are numbered and listed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PAGES = sorted(DOCS.rglob("*.md"))
GUIDES = sorted((DOCS / "guides").glob("*.md"))
GENERATED = {DOCS / "settings.md"}
"""Pages that the build adds (infra/docs_hooks.py)."""

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#[^)\s]*)?\)")


def test_every_page_of_the_navigation_exists_and_every_page_is_in_it() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = {DOCS / path for path in re.findall(r"[\w/-]+\.md", navigation)}
    assert listed == ({*PAGES} - {*DECISIONS}) | GENERATED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_local_link_leads_to_a_file(page: Path) -> None:
    linked = [page.parent / path for path in LINK.findall(page.read_text(encoding="utf-8")) if path]
    missing = [path for path in linked if not path.exists() and path.resolve() not in GENERATED]
    assert not missing


def test_the_guides_name_buttons_and_headings_that_the_pages_have() -> None:
    """Bold text in a guide is text on the screen. If you rename a button, rename it in docs/guides too."""
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "src" / "alongside").rglob("*.py")]
    shown = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    missing = [
        f"{guide.name}: {label}"
        for guide in GUIDES
        for label in re.findall(r"\*\*([^*]+)\*\*", guide.read_text(encoding="utf-8"))
        if " ".join(label.split()) not in shown
    ]
    assert not missing


def test_decisions_are_numbered_without_gaps_and_carry_their_number() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]
    for number, page in enumerate(DECISIONS, 1):
        assert page.read_text(encoding="utf-8").startswith(f"# {number}. "), page.name


def test_every_decision_is_in_the_index_with_its_title() -> None:
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| \[(.+)\]\((.+)\) \|", index, re.MULTILINE)
    expected = []
    for page in DECISIONS:
        number, title = page.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ").split(". ", 1)
        expected.append((number, title, page.name))
    assert listed == expected


def test_numbers_of_decisions_in_code_and_pages_exist() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    known = {page.name[:4] for page in DECISIONS}
    for name in tracked.stdout.splitlines():
        if name.endswith((".py", ".md", ".html", ".sql", ".sh")) and (ROOT / name).is_file():
            text = (ROOT / name).read_text(encoding="utf-8")
            numbers = set(re.findall(r"(?:decisions/|[Dd]ecision )(\d{4})\b", text))
            assert numbers <= known, name


def test_the_site_builds_strictly_and_loads_nothing_from_other_hosts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "settings" / "index.html").is_file()
    loaded = re.compile(
        r"""<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
    )
    for page in tmp_path.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not loaded.findall(text), page
        assert 'class="mermaid"' not in text, "The theme would fetch Mermaid from another host"
