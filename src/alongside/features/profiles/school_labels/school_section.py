"""Labels of a school on its page, for those who may read its profile."""

from sqlalchemy import Text, bindparam, case, literal, literal_column, select

from alongside.features.authorities import settings_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.school_labels.models import SchoolLabel
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_sections import (
    NEVER,
    NO_STATE,
    SchoolSection,
    SectionRows,
    day_words,
    joined,
    of_schools,
)


def _labels(person: Principal) -> SectionRows:
    entries = settings_of(person.authority_id).school_labels
    name = case(
        {key: literal(one.label, Text) for key, one in entries.items()},
        value=SchoolLabel.label,
        else_=SchoolLabel.label,
    )
    period = case(
        (SchoolLabel.ends_on.is_(None), joined("From ", day_words(SchoolLabel.starts_on))),
        else_=joined(
            "From ",
            day_words(SchoolLabel.starts_on),
            " until ",
            day_words(SchoolLabel.ends_on),
            ": ",
            SchoolLabel.end_reason,
        ),
    )
    return (
        select(
            SchoolLabel.school_urn.label("urn"),
            name.label("title"),
            NO_STATE.label("state"),
            joined(period, ". ", SchoolLabel.source, ". Rule: ", SchoolLabel.rule_version).label("detail"),
            literal_column("''", Text).label("path"),
            NEVER.label("changed_at"),
        )
        .where(
            SchoolLabel.authority_id == bindparam("authority_id"),
            of_schools(SchoolLabel.school_urn),
            SchoolLabel.ends_on.is_distinct_from(SchoolLabel.starts_on),
        )
        .order_by(SchoolLabel.ends_on.desc(), SchoolLabel.starts_on.desc(), SchoolLabel.id)
    )


LABELS = SchoolSection("labels", "Labels", Permission.VIEW_PROFILE, _labels, before=identify_requester)
