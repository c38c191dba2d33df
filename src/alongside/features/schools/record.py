"""A school of the register as pages and actions read it."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

import msgspec

from alongside.features.schools.models import laestab


class SchoolRecord(msgspec.Struct, frozen=True):
    """A school with all its fields (`models.School` describes them)."""

    urn: int
    la_code: int | None
    establishment_number: int | None
    name: str
    type: str | None
    type_group: str | None
    kind: str
    phase: str
    status: str
    opened_on: date | None
    reason_opened: str | None
    closed_on: date | None
    reason_closed: str | None
    lowest_age: int | None
    highest_age: int | None
    nursery_provision: str | None
    sixth_form: str | None
    gender: str | None
    religious_character: str | None
    diocese: str | None
    admissions: str | None
    capacity: int | None
    pupils: int | None
    percentage_fsm: Decimal | None
    census_on: date | None
    trust_uid: str | None
    trust: str | None
    federation_uid: str | None
    federation: str | None
    ukprn: int | None
    street: str | None
    locality: str | None
    address3: str | None
    town: str | None
    county: str | None
    postcode: str | None
    website: str | None
    ward: str | None
    district: str | None
    urban_rural: str | None
    easting: int | None
    northing: int | None
    latitude: float | None
    longitude: float | None
    last_changed_on: date | None
    gone_since: date | None

    @property
    def laestab(self) -> str | None:
        """The DfE number as usually written: 359/4042."""
        return laestab(self.la_code, self.establishment_number)


class SchoolFields(TypedDict, total=False):
    """The same fields by name: those that a file has, or all that are stored."""

    urn: int
    la_code: int | None
    establishment_number: int | None
    name: str
    type: str | None
    type_group: str | None
    kind: str
    phase: str
    status: str
    opened_on: date | None
    reason_opened: str | None
    closed_on: date | None
    reason_closed: str | None
    lowest_age: int | None
    highest_age: int | None
    nursery_provision: str | None
    sixth_form: str | None
    gender: str | None
    religious_character: str | None
    diocese: str | None
    admissions: str | None
    capacity: int | None
    pupils: int | None
    percentage_fsm: Decimal | None
    census_on: date | None
    trust_uid: str | None
    trust: str | None
    federation_uid: str | None
    federation: str | None
    ukprn: int | None
    street: str | None
    locality: str | None
    address3: str | None
    town: str | None
    county: str | None
    postcode: str | None
    website: str | None
    ward: str | None
    district: str | None
    urban_rural: str | None
    easting: int | None
    northing: int | None
    latitude: float | None
    longitude: float | None
    last_changed_on: date | None
    gone_since: date | None
