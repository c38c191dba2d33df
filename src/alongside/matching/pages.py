"""The pages of the room: runs and their plans, their records, places and why, sending, mending, supply,
shortlists, barriers.
"""

from alongside.matching.exclusions import pages as exclusions
from alongside.matching.fitness import pages as fitness
from alongside.matching.interests import pages as interests
from alongside.matching.mending import pages as mending
from alongside.matching.places import pages as places
from alongside.matching.records import pages as records
from alongside.matching.runs import pages as runs
from alongside.matching.sending import pages as sending
from alongside.matching.shortlist import pages as shortlist
from alongside.matching.supply import pages as supply

routes = [
    *runs.routes,
    *records.routes,
    *places.routes,
    *sending.routes,
    *mending.routes,
    *supply.routes,
    *shortlist.routes,
    *exclusions.routes,
    *interests.routes,
    *fitness.routes,
]
