"""Declares the feature: escalations."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature, LiveEvent
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "escalations",
    __package__,
    models=(
        "events",
        "pauses",
        "requester",
        "models",
        "access_log.models",
        "caseload.models",
        "files.models",
        "matching_requests.models",
        "officer_notes.models",
        "raising.models",
        "reminders.models",
        "statutory.models",
        "tasks.models",
        "visits.models",
    ),
    routes=("pages:routes",),
    search_sources=("search_source:ESCALATIONS",),
    queue_handlers=("reminders.dispatch:QUEUE_HANDLERS",),
    calendar=("calendar:CALENDAR",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    scheduled_jobs=("reminders.recalculate:JOBS",),
    navigation=(NavigationItem("/escalations", "Escalations", Permission.CONTRIBUTE_TO_ESCALATION, 70),),
    live_events=(LiveEvent("escalation", "escalation", Permission.MANAGE_ESCALATION),),
    state_colours={
        "raised": "blue",
        "acknowledged": "blue",
        "triaged": "purple",
        "active": "green",
        "waiting_on_consortium": "yellow",
        "waiting_on_school": "yellow",
        "waiting_on_provider": "yellow",
        "returning": "turquoise",
        "stepped_up": "orange",
        "merged": "grey",
        "dropped": "grey",
        "withdrawn": "grey",
        "closed": "grey",
        "open": "blue",
        "done": "green",
        "red": "red",
        "amber": "yellow",
        "green": "green",
    },
)
