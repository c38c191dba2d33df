"""Every table and workflow of the product, imported so that the metadata is complete.

Whatever runs as a process imports this before it opens a database: `database.session.Database` refuses otherwise.
"""

from alongside.authorities import model as authorities
from alongside.consortia import model as consortia
from alongside.database import folding, moves
from alongside.database.base import COMPLETE, Base
from alongside.database.schema import everything
from alongside.directory import consent, keepsake, public, use, version
from alongside.directory import model as directory
from alongside.directory.following import model as following
from alongside.directory.health import model as missed
from alongside.directory.search import learnt, shelf
from alongside.escalations import asking, story, waiting
from alongside.escalations import model as escalations
from alongside.escalations.desk import model as cover
from alongside.escalations.files import model as case_files
from alongside.escalations.notes import model as officers_notes
from alongside.escalations.procuring import model as procuring
from alongside.escalations.raising import model as raising
from alongside.escalations.reading import model as reading
from alongside.escalations.statutory import model as statutory
from alongside.escalations.tasks import model as tasks
from alongside.escalations.timers import model as timers
from alongside.escalations.visits import model as case_visits
from alongside.funding import model as funding
from alongside.journal import model as journal
from alongside.journal import records as sealed_records
from alongside.matching import barrier, wish
from alongside.matching import model as matching
from alongside.needs import model as needs
from alongside.notifications import model as notifications
from alongside.offers import model as offers
from alongside.partnerships import amendment, pairing, proposal, review, signed, visit
from alongside.partnerships import model as partnerships
from alongside.people import model as people
from alongside.records import model as records
from alongside.schools import history
from alongside.schools import model as schools
from alongside.schools.dates import model as school_dates
from alongside.succession import model as succession
from alongside.web import submissions
from alongside.workflow import WORKFLOWS

__all__ = [
    "amendment",
    "asking",
    "authorities",
    "barrier",
    "case_files",
    "case_visits",
    "consent",
    "consortia",
    "cover",
    "directory",
    "escalations",
    "folding",
    "following",
    "funding",
    "history",
    "journal",
    "keepsake",
    "learnt",
    "matching",
    "missed",
    "moves",
    "needs",
    "notifications",
    "offers",
    "officers_notes",
    "pairing",
    "partnerships",
    "people",
    "procuring",
    "proposal",
    "public",
    "raising",
    "reading",
    "records",
    "review",
    "school_dates",
    "schools",
    "sealed_records",
    "shelf",
    "signed",
    "statutory",
    "story",
    "submissions",
    "succession",
    "tasks",
    "timers",
    "use",
    "version",
    "visit",
    "waiting",
    "wish",
]

Base.metadata.info[COMPLETE] = True


def statements() -> list[str]:
    """All statements that make the schema which the models declare."""
    return everything(Base.metadata, {subject: flow.pairs() for subject, flow in WORKFLOWS.items()})
