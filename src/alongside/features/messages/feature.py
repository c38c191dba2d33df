"""Declares the feature: messages."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "messages",
    __package__,
    models=("models",),
    routes=("pages:routes", "agreement_pdf.pages:routes"),
    school_sections=("school_section:THREADS",),
    work_items=("work_items:WORK_ITEMS",),
    personal_tables=("message_reading",),
)
