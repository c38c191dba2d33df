"""The daily job of watched schools; it runs before the daily digests are written."""

from alongside.features.watched_schools.actions import notify_watchers
from alongside.platform.jobs.scheduler import ScheduledJob

JOBS = (ScheduledJob(6, notify_watchers),)
