"""Declares the feature: agreements."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "agreements",
    __package__,
    models=("amendment", "pairing", "proposal", "review", "signed", "visit", "visit_authors", "models"),
    school_sections=("school_sections:SECTIONS",),
    profile_facts=("profile_facts:FACTS",),
    routes=("pages:routes",),
    search_sources=("search_source:AGREEMENTS",),
    calendar=("calendar:CALENDAR",),
    work_items=("work_items:WORK_ITEMS",),
    scheduled_jobs=("scheduled:JOBS",),
    navigation=(NavigationItem("/agreements", "Agreements", Permission.VIEW_AGREEMENT, 30),),
    state_colours={
        "proposed": "purple",
        "to_release": "purple",
        "agreed": "turquoise",
        "declined": "red",
        "lapsed": "grey",
        "superseded": "grey",
        "withdrawn": "grey",
        "preparing": "blue",
        "active": "green",
        "closed": "grey",
        "ended_early": "orange",
        "planned": "blue",
        "recorded": "green",
        "cancelled": "grey",
        "refused": "red",
    },
)
