"""The pages of the room: runs and their plans, their records, places and why, sending, mending, barriers."""

from alongside.matching.exclusions import pages as exclusions
from alongside.matching.fitness import pages as fitness
from alongside.matching.interests import pages as interests
from alongside.matching.mending import pages as mending
from alongside.matching.places import pages as places
from alongside.matching.records import pages as records
from alongside.matching.runs import pages as runs
from alongside.matching.sending import pages as sending

routes = [
    *runs.routes,
    *records.routes,
    *places.routes,
    *sending.routes,
    *mending.routes,
    *exclusions.routes,
    *interests.routes,
    *fitness.routes,
]
