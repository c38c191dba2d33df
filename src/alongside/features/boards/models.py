"""Tables of bodies that decide, of their seats, and of the people who hold them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

KINDS = {
    "board": "Board",
    "partnership": "Partnership",
    "forum": "Forum",
    "commission": "Commission",
    "management_board": "Management board",
}
HOLDERS = {
    "headteacher": "Headteacher",
    "chair_of_governors": "Chair of governors",
    "consortium_lead": "Consortium lead or deputy",
    "officer": "Officer of the authority",
    "councillor": "Councillor",
    "independent": "Independent member",
    "partner": "Partner organisation",
}
HOW = {"elected": "Elected", "appointed": "Appointed"}
ENDED_BECAUSE = {
    "resigned": "Resigned",
    "removed": "Removed by the group that chose them",
    "mistake": "Recorded by mistake",
    "left_office": "Left the office",
    "school_changed": "The school closed or became another school",
}
METHODS = {"largest_remainder": "Largest remainder", "sainte_lague": "Sainte-Laguë"}
_TERM = text("daterange(from_on, until_on)")


class Body(AuthorityOwned, Base):
    """A body that is constituted, known by `key` in the authority's settings; ended, never deleted.

    The rules that PostgreSQL checks are copied from the settings on the day of the constitution.
    """

    __tablename__ = "body"
    __table_args__ = (
        UniqueConstraint("authority_id", "key"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
        CheckConstraint("ended_on >= constituted_on", name="ends_after_start"),
        CheckConstraint(one_of("chair_rule", ("independent", "from_members")), name="chair_rule"),
    )

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    constituted_on: Mapped[date]
    ended_on: Mapped[date | None]
    chair_rule: Mapped[str]
    chair_never: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    school_majority: Mapped[bool]


class Seat(AuthorityOwned, Base):
    """A seat of a body from `from_on` until the day before `until_on`; `holders` is who may hold it."""

    __tablename__ = "seat"
    __table_args__ = (
        reference("body_id", "body"),
        UniqueConstraint("authority_id", "id", "body_id", "voting"),
        CheckConstraint(one_of("holders", HOLDERS), name="holders"),
        CheckConstraint(one_of("phase", ("primary", "secondary", "special")), name="phase"),
        CheckConstraint(one_of("sector", ("maintained", "academy")), name="sector"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("body_id", "="),
            ("constituency", "="),
            ("number", "="),
            (_TERM, "&&"),
            using="gist",
            name="ex_seat_one_of_a_number",
        ),
    )

    body_id: Mapped[UUID]
    constituency: Mapped[str]
    number: Mapped[int]
    voting: Mapped[bool]
    holders: Mapped[str]
    phase: Mapped[str | None]
    sector: Mapped[str | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class SeatAppointment(AuthorityOwned, Base):
    """The term of a person on a seat, from `from_on` until the day before `until_on`.

    `school_urn` is the school for which a headteacher or chair of governors holds it. `by` is who elected or appointed.
    `body_id` and `voting` are those of the seat.
    """

    __tablename__ = "seat_appointment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "seat_id", "body_id", "voting"],
            ["seat.authority_id", "seat.id", "seat.body_id", "seat.voting"],
        ),
        reference("person_id", "person"),
        reference("school_urn", "school"),
        CheckConstraint(one_of("how", HOW), name="how"),
        CheckConstraint("char_length(by) BETWEEN 1 AND 120", name="by"),
        CheckConstraint(one_of("ended_reason", ENDED_BECAUSE), name="ended_reason"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("seat_id", "="),
            (_TERM, "&&"),
            using="gist",
            name="ex_seat_appointment_one_holder",
        ),
        ExcludeConstraint(
            ("authority_id", "="),
            ("body_id", "="),
            ("person_id", "="),
            (_TERM, "&&"),
            using="gist",
            where=text("voting"),
            name="ex_seat_appointment_one_vote",
        ),
        Index(None, "authority_id", "person_id"),
        Index(None, "authority_id", "school_urn"),
    )

    seat_id: Mapped[UUID]
    body_id: Mapped[UUID]
    voting: Mapped[bool]
    person_id: Mapped[UUID]
    school_urn: Mapped[int | None]
    how: Mapped[str]
    by: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    ended_reason: Mapped[str | None]


class SeatSubstitute(AuthorityOwned, Base):
    """A person of the same group who may sit in for the holder of a seat, until the day before `until_on`."""

    __tablename__ = "seat_substitute"
    __table_args__ = (
        reference("seat_id", "seat"),
        reference("person_id", "person"),
        reference("school_urn", "school"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("seat_id", "="),
            ("person_id", "="),
            (_TERM, "&&"),
            using="gist",
            name="ex_seat_substitute_once",
        ),
        Index(None, "authority_id", "person_id"),
    )

    seat_id: Mapped[UUID]
    person_id: Mapped[UUID]
    school_urn: Mapped[int | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class BodyChair(AuthorityOwned, Base):
    """The chair of a body, from `from_on` until the day before `until_on`."""

    __tablename__ = "body_chair"
    __table_args__ = (
        reference("body_id", "body"),
        reference("person_id", "person"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("body_id", "="),
            (_TERM, "&&"),
            using="gist",
            name="ex_body_chair_one_at_a_time",
        ),
        Index(None, "authority_id", "person_id"),
    )

    body_id: Mapped[UUID]
    person_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Apportionment(AuthorityOwned, Base):
    """A proposal that shares the seats of a body by numbers of pupils; seats change by decision only.

    `numbers`, `guaranteed` and `result` are by constituency. `drawn` lists the constituencies that won a seat by lot,
    in the order of the draw, recorded by `drawn_by`.
    """

    __tablename__ = "apportionment"
    __table_args__ = (
        reference("body_id", "body"),
        reference("proposed_by", "person"),
        reference("drawn_by", "person"),
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint("seats BETWEEN 1 AND 200", name="seats"),
        CheckConstraint("(cardinality(drawn) > 0) = (drawn_at IS NOT NULL)", name="drawn"),
        Index(None, "authority_id", "body_id", "proposed_at"),
    )

    body_id: Mapped[UUID]
    method: Mapped[str]
    rolls_on: Mapped[date]
    seats: Mapped[int]
    numbers: Mapped[Mapping[str, int]] = mapped_column(JSONB)
    guaranteed: Mapped[Mapping[str, int]] = mapped_column(JSONB)
    result: Mapped[Mapping[str, int]] = mapped_column(JSONB)
    drawn: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    drawn_by: Mapped[UUID | None]
    drawn_at: Mapped[datetime | None]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime] = created_at()
