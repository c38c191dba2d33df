"""Every table of every room, imported so that the metadata and the workflows are whole."""

from alongside.authorities import model as authorities
from alongside.consortia import model as consortia
from alongside.database import moves
from alongside.database.base import Base
from alongside.database.schema import everything
from alongside.directory import consent, keepsake, public, use, version
from alongside.directory import model as directory
from alongside.journal import model as journal
from alongside.matching import barrier, wish
from alongside.matching import model as matching
from alongside.needs import model as needs
from alongside.notifications import model as notifications
from alongside.offers import model as offers
from alongside.partnerships import amendment, proposal, review, visit
from alongside.partnerships import model as partnerships
from alongside.people import model as people
from alongside.schools import history
from alongside.schools import model as schools
from alongside.web import submissions
from alongside.workflow import WORKFLOWS

__all__ = [
    "amendment",
    "authorities",
    "barrier",
    "consent",
    "consortia",
    "directory",
    "history",
    "journal",
    "keepsake",
    "matching",
    "moves",
    "needs",
    "notifications",
    "offers",
    "partnerships",
    "people",
    "proposal",
    "public",
    "review",
    "schools",
    "submissions",
    "use",
    "version",
    "visit",
    "wish",
]


def statements() -> list[str]:
    """All statements that make the schema which the models declare."""
    return everything(Base.metadata, {subject: flow.pairs() for subject, flow in WORKFLOWS.items()})
