"""Which environment variables an authority's settings may name: its own, by a prefix that follows from its slug."""

import re

from alongside.features.authorities.settings import SignIn

PREFIX = "ALONGSIDE_SECRET_"
SECRET_NAME = re.compile(rf"{PREFIX}[A-Z][A-Z0-9_]*_[A-Z0-9]+")


def prefix_of(slug: str) -> str:
    """What the name of each secret of an authority begins with: ALONGSIDE_SECRET_YORK_ for york."""
    return f"{PREFIX}{slug.upper().replace('-', '_')}_"


def is_own_name(slug: str, name: str) -> bool:
    """Whether a variable is one of this authority's secrets: its prefix and one word of capitals and digits.

    One word only, so that york cannot name a secret of york-north; not FILE, which says where a secret is kept.
    """
    prefix, word = prefix_of(slug), name.removeprefix(prefix_of(slug))
    return name.startswith(prefix) and re.fullmatch(r"[A-Z0-9]+", word) is not None and word != "FILE"


def foreign_names(slug: str, way: SignIn) -> list[str]:
    """The settings of a way to sign in that name a variable which is not this authority's secret."""
    names = {"secret_in": way.secret_in, "api_secret_in": way.api_secret_in}
    return [setting for setting, name in names.items() if name is not None and not is_own_name(slug, name)]
