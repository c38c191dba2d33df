"""The template of a new authority's file: only the settings that have no default."""

import json
from dataclasses import dataclass

COLOUR = "#1d3d6e"

BY_HAND = (
    "sign_in: the provider by which people sign in; the file has an example",
    "consortia: their names and phases, if schools work in consortia",
    "terms and inset_days: compare the terms in _defaults.toml with the council's calendar",
    "funds: the money for support in this financial year, if plans must keep within it",
)
"""Steps for the operator, printed after `authority new`. `authority check` reports required settings."""


@dataclass(frozen=True, slots=True)
class Start:
    """The given values of a new authority. An empty value becomes a line to fill in."""

    slug: str
    name: str
    dfe_code: int
    gss_code: str
    host: str = ""
    short_name: str = ""
    mailbox: str = ""
    safeguarding: str = ""
    director: str = ""


def file_of(start: Start) -> str:
    """The text of tenants/<slug>.toml."""
    quoted = {name: json.dumps(getattr(start, name), ensure_ascii=False) for name in start.__slots__}
    hosts = f"[{quoted['host']}]" if start.host else "[]"
    short = json.dumps(start.short_name or start.name[:40], ensure_ascii=False)
    return f"""# {start.name}. What is not here is as in _defaults.toml; README.md says what each setting means.
name = {quoted["name"]}
slug = {quoted["slug"]}
dfe_code = {start.dfe_code}
gss_code = {quoted["gss_code"]}
hosts = {hosts}

# How people sign in. The secret itself is in the environment variable that secret_in names, never here.
# [[sign_in]]
# key = "council"
# kind = "entra"
# label = "Sign in with your council account"
# issuer = "https://login.microsoftonline.com/TENANT/v2.0"
# client_id = "CLIENT"
# secret_in = "ALONGSIDE_SECRET_{start.slug.upper().replace("-", "_")}_ENTRA"
# allowed_tids = ["TENANT"]

[brand]
short_name = {short}
colour = "{COLOUR}"

# The mailbox that answers to emails go to.
[mail]
reply_to = {quoted["mailbox"]}

[contacts.core_team]
mailbox = {quoted["mailbox"]}

# The authority's own route for a child at risk of harm.
[contacts.safeguarding]
mailbox = {quoted["safeguarding"]}

[escalation_reminders]
director_mailbox = {quoted["director"]}

# [consortia.north]
# name = "North Primary"
# phase = "primary"
"""
