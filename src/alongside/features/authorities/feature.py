"""Declares the feature: authorities."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "authorities",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    queue_handlers=("email_queue:QUEUE_HANDLERS",),
    scheduled_jobs=("scheduled:JOBS",),
)
