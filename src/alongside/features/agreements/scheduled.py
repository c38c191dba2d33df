"""Scheduled jobs of proposals, agreements and visits."""

from alongside.features.agreements.proposals.recalculate import recalculate_answer_days
from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposals.unmet import close_unmet_needs
from alongside.features.agreements.reminders import remind_of_deadlines
from alongside.features.agreements.visit_answers.actions import lapse_answers
from alongside.features.agreements.visits.actions import chase_visit_records
from alongside.features.agreements.visits.deadlines import (
    recalculate_record_days,
    recalculate_visit_answer_days,
)
from alongside.platform.jobs.scheduler import ScheduledJob

JOBS = (
    ScheduledJob(6, recalculate_answer_days, on_calendar_change=True),
    ScheduledJob(6, recalculate_record_days, on_calendar_change=True),
    ScheduledJob(6, recalculate_visit_answer_days, on_calendar_change=True),
    ScheduledJob(7, lapse_proposals),
    ScheduledJob(7, lapse_answers),
    ScheduledJob(7, close_unmet_needs),
    ScheduledJob(8, remind_of_deadlines),
    ScheduledJob(8, chase_visit_records),
)
