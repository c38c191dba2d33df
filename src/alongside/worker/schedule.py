"""The schedule of this installation: the jobs that the features declare, on the school days of each authority."""

from alongside.feature_list import FEATURES
from alongside.features.authorities.settings_cache import calendar_of
from alongside.platform.jobs.scheduler import Schedule, ScheduledJob
from alongside.platform.school_calendar.calendar import is_school_day


def declared_schedule() -> Schedule:
    """Return the schedule of all declared jobs."""
    jobs = tuple(job for one in FEATURES for job in one.load(one.scheduled_jobs, ScheduledJob))
    return Schedule(jobs, lambda authority_id, day: is_school_day(calendar_of(authority_id), day))
