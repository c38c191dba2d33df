"""Only platform/web/formatting.py formats money, days, dates and times, and no template does it by itself."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BY_HAND = re.compile(
    r"½|£\{|/ 100:|// 100\}|%-?d %B|%B %Y|:%H:%M|strftime|'' if [\w.]+ == 1 else 's'|\} (?:days?|hours?|miles?)\b(?!')"
)
"""Formats of money, half days, dates, times and plurals inside a string."""

BY_HAND_IN_TEMPLATES = re.compile(
    r"½|£\{\{|\"%\.?\d?[gf]|\.format\(|strftime|\"day\" if|\"days\" if|\"s\" if "
)
FORMATTING = "src/alongside/platform/web/formatting.py"
ALLOWED = {
    "src/alongside/platform/forms/fields.py",  # parses what people type, “2½” included
    "src/alongside/platform/database/commands.py",  # the operator's list of keys, in UTC
    "src/alongside/platform/web/health.py",  # milliseconds for machines
}


def test_no_other_module_formats_money_days_or_dates() -> None:
    found = {
        f"{path}: {line.strip()}"
        for path in (str(file.relative_to(ROOT)) for file in (ROOT / "src").rglob("*.py"))
        if path != FORMATTING and path not in ALLOWED and "/dev/" not in path
        for line in (ROOT / path).read_text().splitlines()
        if BY_HAND.search(line)
    }
    assert not found, "\n".join(sorted(found))


def test_no_template_formats_by_itself() -> None:
    found = {
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in (ROOT / "templates").rglob("*.html")
        for match in BY_HAND_IN_TEMPLATES.finditer(file.read_text())
    }
    assert not found, "\n".join(sorted(found))
