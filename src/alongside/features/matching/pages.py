"""The routes of the feature."""

from alongside.features.matching.assignments import pages as assignments
from alongside.features.matching.audit import pages as records
from alongside.features.matching.capacity import pages as supply
from alongside.features.matching.exclusions import pages as exclusions
from alongside.features.matching.plans import pages as runs
from alongside.features.matching.proposals import pages as sending
from alongside.features.matching.replacement import pages as mending
from alongside.features.matching.shortlist import pages as shortlist
from alongside.features.matching.suspensions import pages as fitness

routes = [
    *runs.routes,
    *records.routes,
    *assignments.routes,
    *sending.routes,
    *mending.routes,
    *supply.routes,
    *shortlist.routes,
    *exclusions.routes,
    *fitness.routes,
]
