"""Scheduled job of every authority: the daily digest of notifications, at the authority's own hour."""

from alongside.features.authorities.settings_cache import settings_of
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.notifications.digests import write_digests

JOBS = (ScheduledJob(lambda authority_id: settings_of(authority_id).mail.digest_hour, write_digests),)
