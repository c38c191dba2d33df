"""The HTML of the filters and the rows, written by functions: templates take as long for them as for all the rest.

What is kept between requests depends on its parameters only, and these are choices, never what somebody typed.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.dashboards.needs_and_offers.filters import LABELS, Choices, Filters
from alongside.features.dashboards.needs_and_offers.queries import Post
from alongside.platform.web.formatting import format_days, format_days_ago, format_miles


def filter_fields(filters: Filters, *, with_distance: bool) -> Markup:
    """The fields above the list, as `field` shows them; the distance only for people with a school."""
    errors = filters.errors()
    parts = []
    for name in LABELS:
        if name == "within" and not with_distance:
            continue
        error = errors.get(name)
        chosen: str = getattr(filters, name)
        choices = filters.choices.get(name)
        parts.append(_around(name, error))
        parts.append(_text(name, chosen, error) if choices is None else _select(name, choices, chosen, error))
        parts.append("\n\n</div>\n" if name in ("within", "sort") else "\n\n</div>\n\n")
    return Markup("".join(parts))  # noqa: S704  (every value in it is escaped)


def _around(name: str, error: str | None) -> str:
    label = f'<label class="govuk-label govuk-label--s" for="{name}">{LABELS[name]}</label>\n'
    if error is None:
        return f'<div class="govuk-form-group">\n{label}'
    return (
        f'<div class="govuk-form-group govuk-form-group--error">\n{label}'
        f'<p id="{name}-error" class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> '
        f"{error}</p>\n"
    )


def _described(name: str, error: str | None) -> str:
    return "" if error is None else f' aria-describedby="{name}-error"'


def _text(name: str, typed: str, error: str | None) -> str:
    classes = " govuk-input--width-4" if name == "within" else ""
    wrong = "" if error is None else " govuk-input--error"
    mode = ' inputmode="decimal"' if name == "within" else ""
    return (
        f'<input class="govuk-input{classes}{wrong}" id="{name}" name="{name}" type="text" '
        f'value="{escape(typed)}"{_described(name, error)}{mode}>'
    )


def _select(name: str, choices: Choices, chosen: str, error: str | None) -> str:
    wrong = "" if error is None else " govuk-select--error"
    option = f'<option value="{escape(chosen)}"'
    options = _options(choices).replace(f"{option}>", f"{option} selected>", 1)
    return (
        f'<select class="govuk-select{wrong}" id="{name}" name="{name}"{_described(name, error)}>\n'
        f"{options}</select>"
    )


@lru_cache(maxsize=1024)
def _options(choices: Choices) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)


def post_rows(posts: Iterable[Post], settings: AuthoritySettings, today: date, own_urn: int | None) -> Markup:
    """The rows of a list of needs and offers; `own_urn` is the school of the person who reads it."""
    return Markup("".join(_row(post, settings, today, own_urn) for post in posts))  # noqa: S704  (all is escaped)


def _row(post: Post, settings: AuthoritySettings, today: date, own_urn: int | None) -> str:
    need = post.kind == "need"
    miles = "" if post.miles is None or post.school_urn == own_urn else f", {format_miles(post.miles)}"
    themes = ", ".join(
        settings.themes[theme].label if theme in settings.themes else theme for theme in post.themes or ()
    )
    urgency = settings.urgencies.get(post.urgency) if post.urgency is not None else None
    if not need:
        days = f"{format_days(post.days)} left"
    else:
        days = "days not settled yet" if post.days is None else format_days(post.days)
    confirmed = "" if need else f", confirmed {format_days_ago(post.confirmed_on, today)}"
    colour, kind = ("blue", "Need") if need else ("green", "Offer")
    return (
        '<li class="alongside-card">\n'
        f'<h2 class="alongside-card__title"><a class="govuk-link" href="/{post.kind}s/{post.id}">'
        f"{escape(post.title)}</a></h2>\n"
        '<ul class="alongside-card__facts">\n'
        f'<li><strong class="govuk-tag govuk-tag--{colour}">{kind}</strong></li>\n'
        f"<li><strong>{escape(post.school_name)}</strong>{miles}</li>\n"
        f"<li>{escape(themes)}</li>\n"
        f"<li>{days}</li>\n"
        + (f"<li>{escape(urgency.label)}</li>" if urgency else "")
        + f"<li>Posted {format_days_ago(post.posted_at, today)}{confirmed}</li>\n</ul>\n</li>"
    )
