"""The features of this installation, lowest first: a feature may import those before it.

A new feature is a package in `features/` with a `feature.py`, and a line here.
"""

from alongside.features.agreements import feature as agreements
from alongside.features.authorities import feature as authorities
from alongside.features.boards import feature as boards
from alongside.features.calendar_feeds import feature as calendar_feeds
from alongside.features.categories import feature as categories
from alongside.features.claims import feature as claims
from alongside.features.consortia import feature as consortia
from alongside.features.consultations import feature as consultations
from alongside.features.dashboards import feature as dashboards
from alongside.features.data_retention import feature as data_retention
from alongside.features.directory import feature as directory
from alongside.features.escalations import feature as escalations
from alongside.features.funding import feature as funding
from alongside.features.interests import feature as interests
from alongside.features.matching import feature as matching
from alongside.features.messages import feature as messages
from alongside.features.motions import feature as motions
from alongside.features.needs import feature as needs
from alongside.features.notices import feature as notices
from alongside.features.offers import feature as offers
from alongside.features.people import feature as people
from alongside.features.performance import feature as performance
from alongside.features.profiles import feature as profiles
from alongside.features.readings import feature as readings
from alongside.features.school_successions import feature as school_successions
from alongside.features.schools import feature as schools
from alongside.features.site_search import feature as site_search
from alongside.features.tries import feature as tries
from alongside.features.visit_requests import feature as visit_requests
from alongside.features.watched_schools import feature as watched_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature, install_features
from alongside.platform.web.navigation import NavigationItem

PLATFORM = Feature(
    "platform",
    "alongside.platform",
    models=(
        "audit.models",
        "audit.records",
        "database.folding",
        "database.transition_guard",
        "jobs.models",
        "ledger.models",
        "ledger.rules",
        "notifications.models",
        "web.idempotency",
    ),
    routes=(
        "notifications.pages:routes",
        "web.health:routes",
        "web.server_sent_events:routes",
        "web.problems:routes",
    ),
    scheduled_jobs=("ledger.scheduled:JOBS", "web.idempotency:JOBS"),
    retention=("notifications.retention:RULES",),
    personal_tables=("notification",),
    navigation=(
        NavigationItem(
            "/notifications",
            "Notifications",
            Permission.VIEW_OWN_HOME,
            15,
            counter=lambda person: person.unread,
        ),
    ),
    commands={
        "audit": "audit.commands:audit",
        "keys": "database.commands:keys",
        "ledger": "ledger.commands:ledger",
    },
)

FEATURES = (
    PLATFORM,
    authorities.FEATURE,
    schools.FEATURE,
    consortia.FEATURE,
    people.FEATURE,
    interests.FEATURE,
    performance.FEATURE,
    readings.FEATURE,
    notices.FEATURE,
    consultations.FEATURE,
    needs.FEATURE,
    offers.FEATURE,
    funding.FEATURE,
    agreements.FEATURE,
    claims.FEATURE,
    directory.FEATURE,
    visit_requests.FEATURE,
    tries.FEATURE,
    profiles.FEATURE,
    categories.FEATURE,
    boards.FEATURE,
    motions.FEATURE,
    messages.FEATURE,
    matching.FEATURE,
    escalations.FEATURE,
    data_retention.FEATURE,
    school_successions.FEATURE,
    watched_schools.FEATURE,
    dashboards.FEATURE,
    site_search.FEATURE,
    calendar_feeds.FEATURE,
)

install_features(FEATURES)
