"""Table of the runs of scheduled jobs."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at


class ScheduledJobRun(AuthorityKeyed, Base):
    """A run of a scheduled job for a day, written in the transaction of its work, so that it runs once."""

    __tablename__ = "scheduled_job_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime] = created_at()
