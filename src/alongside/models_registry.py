"""Imports every table and workflow of the product, so that the metadata is complete.

Every process imports this before it opens a database: `platform.database.session.Database` refuses otherwise.
"""

from alongside.features.agreements import amendment, pairing, proposal, review, signed, visit
from alongside.features.agreements import models as agreements
from alongside.features.authorities import models as authorities
from alongside.features.consortia import models as consortia
from alongside.features.data_retention import models as records
from alongside.features.directory import models as directory
from alongside.features.directory.adoptions import models as adoptions_models
from alongside.features.directory.attachments import models as attachments_models
from alongside.features.directory.consents import models as consents_models
from alongside.features.directory.insights import models as missed
from alongside.features.directory.public_site import models as public_site_models
from alongside.features.directory.search import embeddings, index_schema
from alongside.features.directory.subscriptions import models as following
from alongside.features.directory.versions import models as versions_models
from alongside.features.escalations import events, pauses, requester
from alongside.features.escalations import models as escalations
from alongside.features.escalations.access_log import models as reading
from alongside.features.escalations.caseload import models as cover
from alongside.features.escalations.files import models as escalation_files
from alongside.features.escalations.matching_requests import models as procuring
from alongside.features.escalations.officer_notes import models as officers_notes
from alongside.features.escalations.raising import models as raising
from alongside.features.escalations.reminders import models as timers
from alongside.features.escalations.statutory import models as statutory
from alongside.features.escalations.tasks import models as tasks
from alongside.features.escalations.visits import models as escalation_visits
from alongside.features.funding import models as funding
from alongside.features.matching import constraints, pins
from alongside.features.matching import models as matching
from alongside.features.needs import models as needs
from alongside.features.offers import models as offers
from alongside.features.people import models as people
from alongside.features.school_successions import models as succession
from alongside.features.schools import history
from alongside.features.schools import models as schools
from alongside.features.schools.term_dates import models as school_dates
from alongside.platform.audit import models as audit_log
from alongside.platform.audit import records as sealed_records
from alongside.platform.database import folding, transition_guard
from alongside.platform.database.base import COMPLETE, Base
from alongside.platform.database.schema import schema_statements
from alongside.platform.notifications import models as notifications
from alongside.platform.web import idempotency
from alongside.platform.workflow import WORKFLOWS

__all__ = [
    "adoptions_models",
    "agreements",
    "amendment",
    "attachments_models",
    "audit_log",
    "authorities",
    "consents_models",
    "consortia",
    "constraints",
    "cover",
    "directory",
    "embeddings",
    "escalation_files",
    "escalation_visits",
    "escalations",
    "events",
    "folding",
    "following",
    "funding",
    "history",
    "idempotency",
    "index_schema",
    "matching",
    "missed",
    "needs",
    "notifications",
    "offers",
    "officers_notes",
    "pairing",
    "pauses",
    "people",
    "pins",
    "procuring",
    "proposal",
    "public_site_models",
    "raising",
    "reading",
    "records",
    "requester",
    "review",
    "school_dates",
    "schools",
    "sealed_records",
    "signed",
    "statutory",
    "succession",
    "tasks",
    "timers",
    "transition_guard",
    "versions_models",
    "visit",
]

Base.metadata.info[COMPLETE] = True


def full_schema() -> list[str]:
    """Return all statements that create the schema declared by the models."""
    return schema_statements(Base.metadata, {subject: flow.pairs() for subject, flow in WORKFLOWS.items()})
