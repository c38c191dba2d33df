"""The environment variables that an authority's settings may name: only those with the prefix of its slug."""

import re

from alongside.features.authorities.settings import SignIn

PREFIX = "ALONGSIDE_SECRET_"
SECRET_NAME = re.compile(rf"{PREFIX}[A-Z][A-Z0-9_]*_[A-Z0-9]+")


def prefix_of(slug: str) -> str:
    """The prefix of an authority's secrets: ALONGSIDE_SECRET_YORK_ for york."""
    return f"{PREFIX}{slug.upper().replace('-', '_')}_"


def is_own_name(slug: str, name: str) -> bool:
    """Whether a variable belongs to this authority: its prefix and one word of capital letters and digits.

    Only one word, so that york cannot name a secret of york-north. FILE is excluded, because it marks a file's path.
    """
    prefix, word = prefix_of(slug), name.removeprefix(prefix_of(slug))
    return name.startswith(prefix) and re.fullmatch(r"[A-Z0-9]+", word) is not None and word != "FILE"


def foreign_names(slug: str, way: SignIn) -> list[str]:
    """The settings of a sign-in provider that name a variable of another authority."""
    names = {"secret_in": way.secret_in, "api_secret_in": way.api_secret_in}
    return [setting for setting, name in names.items() if name is not None and not is_own_name(slug, name)]
