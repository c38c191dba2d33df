"""The pages of the room: runs and their plans, sending, and what keeps schools apart."""

from alongside.matching.exclusions import pages as exclusions
from alongside.matching.fitness import pages as fitness
from alongside.matching.interests import pages as interests
from alongside.matching.runs import pages as runs
from alongside.matching.sending import pages as sending

routes = [*runs.routes, *sending.routes, *exclusions.routes, *interests.routes, *fitness.routes]
