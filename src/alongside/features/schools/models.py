"""Tables of schools from the DfE's register (GIAS) and of their links to predecessors and successors."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, one_of, reference
from alongside.platform.database.folding import folded_column

PHASES = {
    "nursery": "Nursery",
    "primary": "Primary",
    "middle_deemed_primary": "Middle deemed primary",
    "secondary": "Secondary",
    "middle_deemed_secondary": "Middle deemed secondary",
    "all_through": "All-through",
    "sixteen_plus": "16 plus",
    "not_applicable": "Not applicable",
}
"""GIAS's phases by key. Special schools and pupil referral units are often “Not applicable”."""

STATUSES = {
    "open": "Open",
    "closing": "Open, but proposed to close",
    "closed": "Closed",
    "proposed": "Proposed to open",
}
OPEN_STATUSES = ("open", "closing")
LARGEST_URN = 9_999_999
"""The statuses of schools that are open."""

KINDS = {
    "mainstream": "Mainstream school",
    "special": "Special school",
    "pupil_referral_unit": "Pupil referral unit or alternative provision",
}
LINK_KINDS = ("predecessor", "successor", "other")


class School(AuthorityKeyed, Base):
    """One establishment of an authority, known by its URN. Never deleted; unknown is NULL, never 0.

    `establishment_number` with `la_code` is the LAESTAB. `capacity` and `pupils` are counts, `percentage_fsm`
    is the share eligible for free school meals at `census_on`. `easting` and `northing` are metres of the
    British National Grid, `latitude` and `longitude` degrees of WGS 84. `gone_since` is the day of the first
    import whose file no longer listed the school under this authority: it counts as closed from then on.
    """

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("urn > 0", name="urn"),
        CheckConstraint("la_code BETWEEN 1 AND 999", name="la_code"),
        CheckConstraint("establishment_number BETWEEN 0 AND 9999", name="establishment_number"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 200", name="name"),
        CheckConstraint("percentage_fsm BETWEEN 0 AND 100", name="percentage_fsm"),
        CheckConstraint("capacity >= 0 AND pupils >= 0", name="counts"),
        CheckConstraint("(easting IS NULL) = (northing IS NULL)", name="grid"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
        CheckConstraint("website ~ '^https?://'", name="website"),
        CheckConstraint("gone_since IS NULL OR status IN ('closed', 'proposed')", name="gone_is_closed"),
        Index(None, "authority_id", "status", "name", "urn"),
        Index(None, "authority_id", "la_code", "establishment_number"),
    )

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-99)
    la_code: Mapped[int | None]
    establishment_number: Mapped[int | None]
    name: Mapped[str]
    folded_name: Mapped[str] = folded_column("name")
    type: Mapped[str | None]
    type_group: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default=text("'mainstream'"))
    phase: Mapped[str]
    status: Mapped[str]
    opened_on: Mapped[date | None]
    reason_opened: Mapped[str | None]
    closed_on: Mapped[date | None]
    reason_closed: Mapped[str | None]
    lowest_age: Mapped[int | None]
    highest_age: Mapped[int | None]
    nursery_provision: Mapped[str | None]
    sixth_form: Mapped[str | None]
    gender: Mapped[str | None]
    religious_character: Mapped[str | None]
    diocese: Mapped[str | None]
    admissions: Mapped[str | None]
    capacity: Mapped[int | None]
    pupils: Mapped[int | None]
    percentage_fsm: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    census_on: Mapped[date | None]
    trust_uid: Mapped[str | None]
    trust: Mapped[str | None]
    federation_uid: Mapped[str | None]
    federation: Mapped[str | None]
    ukprn: Mapped[int | None]
    street: Mapped[str | None]
    locality: Mapped[str | None]
    address3: Mapped[str | None]
    town: Mapped[str | None]
    county: Mapped[str | None]
    postcode: Mapped[str | None]
    website: Mapped[str | None]
    ward: Mapped[str | None]
    district: Mapped[str | None]
    urban_rural: Mapped[str | None]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    last_changed_on: Mapped[date | None]
    gone_since: Mapped[date | None]

    @property
    def laestab(self) -> str | None:
        """The DfE number as usually written: 359/4042."""
        return laestab(self.la_code, self.establishment_number)


class SchoolLink(AuthorityKeyed, Base):
    """A link of the register to a predecessor or successor of this school.

    The other school may be in another authority, so `other_urn` is not a foreign key. `link_type` is GIAS's term.
    """

    __tablename__ = "school_link"
    __table_args__ = (
        reference("urn", "school"),
        CheckConstraint(one_of("kind", LINK_KINDS), name="kind"),
        Index(None, "authority_id", "other_urn"),
    )

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other_urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    link_type: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    other_name: Mapped[str | None]
    established_on: Mapped[date | None]


def laestab(la_code: int | None, establishment_number: int | None) -> str | None:
    """A LAESTAB as usually written: 359/4042; None when either part is missing."""
    if la_code is None or establishment_number is None:
        return None
    return f"{la_code:03d}/{establishment_number:04d}"
