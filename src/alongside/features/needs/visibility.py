"""Whether a need is still limited to its consortium, and until when."""

from datetime import date

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.needs.rows import NeedColumns
from alongside.platform.web.formatting import format_date

LOOKING = ("open", "proposed")
"""States in which a need looks for a support partner."""


def is_limited(need: NeedColumns, today: date) -> bool:
    """Whether a need looks for a partner, and only its consortium sees it yet."""
    shown = need.visible_to_authority_from
    return need.state in LOOKING and (shown is None or shown > today)


def limit_words(shown_from: date | None, settings: AuthoritySettings) -> str:
    """Who sees a limited need, and until when: “limited to its consortium until 12 December 2026”."""
    until = "" if shown_from is None else f" until {format_date(shown_from)}"
    return f"limited to its {settings.words.consortium}{until}"
