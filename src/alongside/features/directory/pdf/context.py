"""The values of an entry's PDF: plain values, from a row that the person may see."""

from datetime import date

from markdown_it import MarkdownIt

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.directory.entry import Entry
from alongside.features.directory.evidence import level_of
from alongside.features.directory.labels import LABELS, display_value
from alongside.platform.web.formatting import format_date
from alongside.platform.web.markdown import too_many_marks

SECTIONS = ("problem", "context", "what_we_did", "evidence", "what_to_avoid", "what_you_need")
FACTS = ("cost_pence", "staff_hours", "term", "themes", "phases", "key_stages", "who_to_ask")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
LINES = {"paragraph_open": "text", "heading_open": "heading"}


def paper_values(entry: Entry, settings: AuthoritySettings, address: str, today: date) -> dict[str, object]:
    """The values that the template `directory/entry.typ` reads."""
    facts = [("Evidence", level_of(entry.evidence_level).label)]
    facts += [(LABELS[name], display_value(settings, name, getattr(entry, name))) for name in FACTS]
    if entry.source_url or entry.licence:
        facts += [("Source", entry.source_url or entry.source_name), ("Licence", entry.licence or "Not said")]
        facts += [("Attribution", entry.attribution)] if entry.attribution else []
    return {
        "title": entry.title,
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"Printed {format_date(today)} from {address}",
        "school": entry.school or "",
        "checked": f"Verified {format_date(entry.reviewed_on)}, review due {format_date(entry.review_due_on)}."
        if entry.reviewed_on
        else "",
        "facts": [list(pair) for pair in facts],
        "sections": [
            {"heading": LABELS[name], "lines": plain_blocks_of(getattr(entry, name))}
            for name in SECTIONS
            if getattr(entry, name)
        ],
    }


def plain_blocks_of(text: str) -> list[dict[str, str]]:
    """The blocks of a Markdown text without its markup: {kind: text, item or heading; words}."""
    if too_many_marks(text):
        return [{"kind": "text", "words": text}]
    lines: list[dict[str, str]] = []
    depth, kind = 0, "text"
    for token in _MARKDOWN.parse(text):
        if token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type in LINES:
            kind = LINES[token.type]
        elif token.type == "inline" or (token.type in ("fence", "code_block") and token.content.strip()):
            words = "".join(
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
            )
            lines.append(
                {"kind": "item" if depth and kind == "text" else kind, "words": words or token.content}
            )
    return lines
