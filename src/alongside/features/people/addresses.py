"""Validation of names and email addresses that go into invitation emails."""

import re

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ,.'’-]|[\u0300-\u036f])*")
"""Letters of any language, spaces, hyphens, apostrophes, commas and full stops."""

WEB_ADDRESS = re.compile(r"\.\w\w|\bwww\b|\bhttps?\b", re.IGNORECASE)
"""Text that email programs turn into a link, such as a full stop followed directly by a word."""

EMAIL = re.compile(
    r"(?=.{1,254}\Z)[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
"""An address in visible ASCII. Source: HTML standard, valid email address; stricter: no %, and a dot in the domain."""

NAME_CURE = "Use letters, spaces, hyphens and apostrophes only, and a space after each full stop"
EMAIL_CURE = "Enter an email address like name@school.org.uk"


def is_name(text: str) -> bool:
    """Whether this can be a person's name, without links or markup."""
    return NAME.fullmatch(text) is not None and WEB_ADDRESS.search(text) is None


def is_email(text: str) -> bool:
    """Whether this is an email address without invisible characters or look-alikes."""
    return EMAIL.fullmatch(text) is not None
