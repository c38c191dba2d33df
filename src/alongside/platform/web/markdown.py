"""Renders the Markdown that people write as safe HTML; all such text is shown through this module.

There are two safeguards: the parser passes no HTML of the author through, and its output is filtered by an allow-list.
No image is loaded from an address in a text, and no link sends a referrer.
"""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

DEEPEST = 20
"""Maximum nesting of lists and quotes; deeper text is shown as plain text."""

TAGS = frozenset(
    {"p", "br", "hr", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "h5"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
MARKS = re.compile(r"[\[\]*_|&<`!~\n]")
MOST_MARKS = 1200
"""Maximum number of marks; the parser would be slow on more, so such a text is shown as plain text."""

LEADS_OUT = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
FIRST_HEADING = 3
LAST_HEADING = 5
"""Headings are below those of the page, so that its outline is correct."""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": DEEPEST})
    parser.enable("table").disable(["image", "html_block", "html_inline"])
    parser.validateLink = lambda url: LEADS_OUT.fullmatch(url) is not None  # type: ignore[method-assign]
    return parser


_MARKDOWN = _parser()


@lru_cache(maxsize=256)
def rendered(text: str) -> Markup:
    """Return the HTML of a text: paragraphs, lists, tables, emphasis, headings and external links."""
    if too_many_marks(text):
        return Markup("<p>{}</p>").format(text)
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        _lower(token)
    made = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(  # noqa: S704  (filtered by nh3)
        nh3.clean(
            made,
            tags=set(TAGS),
            attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
            set_tag_attribute_values={"a": {"class": "govuk-link"}},
            url_schemes={"http", "https", "mailto"},
            url_relative="deny",
            link_rel="nofollow noopener noreferrer",
        )
    )


def too_many_marks(text: str) -> bool:
    """Return whether a text is shown as plain text because it consists of marks."""
    return sum(1 for _ in MARKS.finditer(text)) > MOST_MARKS


def plain(text: str, length: int | None = None) -> str:
    """Return a text without its marks, on one line, at most `length` characters long, for lists and search."""
    parts = [text] if too_many_marks(text) else []
    for token in () if parts else _MARKDOWN.parse(text):
        for child in token.children or ([token] if token.type in ("code_block", "fence") else []):
            if child.type in ("text", "code_inline", "code_block", "fence"):
                parts.append(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                parts.append(" ")
        parts.append(" ")
    whole = " ".join("".join(parts).split())
    if length is None or len(whole) <= length:
        return whole
    return whole[: length - 1].rsplit(" ", 1)[0] + "…"


def _lower(token: Token) -> None:
    if token.type in ("heading_open", "heading_close"):
        level = min(FIRST_HEADING - 1 + int(token.tag[1]), LAST_HEADING)
        token.tag = f"h{level}"
