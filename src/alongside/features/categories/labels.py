"""Names of support categories and of their states, in the authority's own words."""

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.platform.access.principal import Principal

IN_WORDS = "In words, without a category"
STATES = {
    "proposed": "Proposed",
    "discussed": "Discussed",
    "moderated": "Moderated",
    "agreed": "Agreed by the board",
    "notified": "Notified",
    "appealed": "Appealed",
    "heard": "Appeal heard",
    "in_force": "In force",
    "superseded": "Superseded",
    "withdrawn": "Withdrawn",
}


def category_label(authority_id: int, key: str | None) -> str:
    """Return the label of a category; without one, the support is described in words."""
    return label_of(settings_of(authority_id).categories, key) if key else IN_WORDS


def category_choices(authority_id: int) -> list[tuple[str, str]]:
    """Return the categories that can be chosen, least support first."""
    entries = settings_of(authority_id).categories
    offered = sorted((one.order, key) for key, one in entries.items() if not one.retired)
    return [
        (key, f"{entries[key].label}: {entries[key].hint}" if entries[key].hint else entries[key].label)
        for _, key in offered
    ]


def require_used(person: Principal) -> None:
    """Raise NotFound if the authority does without support categories."""
    if not settings_of(person.authority_id).categorisation.used:
        raise NotFound
