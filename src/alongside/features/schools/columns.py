"""The columns of the DfE's extract and their fields; columns are found by heading, in any order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from alongside.features.schools import gias_cells
from alongside.features.schools.gias_cells import BadCell
from alongside.features.schools.models import PHASES, STATUSES

Value = TypeVar("Value")


def one_from(words: Mapping[str, str], also: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """Return a reader for a closed list that maps the DfE's terms to keys. `also` has older spellings."""
    keys = {label.lower(): key for key, label in words.items()} | dict(also or {})

    def read(cell: str) -> str:
        key = keys.get(" ".join(cell.split()).lower())
        if key is None:
            known = ", ".join(words.values())
            raise BadCell(f"“{cell.strip()[:40]}” is not one of: {known}. Correct it in the file")
        return key

    return read


def needed(read: Callable[[str], Value | None]) -> Callable[[str], Value]:
    """Return a reader for a cell that must not be blank."""

    def filled(cell: str) -> Value:
        value = read(cell)
        if value is None:
            raise BadCell("is blank, but every school has one; fill it in")
        return value

    return filled


@dataclass(frozen=True, slots=True)
class Column:
    """One imported column: its heading in the extract, the field, and the reader of its cells.

    A file without a `required` column is not the register. Without an optional column the stored values stay.
    """

    heading: str
    field: str
    read: Callable[[str], object]
    required: bool = False


COLUMNS = (
    Column("URN", "urn", needed(partial(gias_cells.whole, least=1, most=9_999_999)), True),
    Column("LA (code)", "la_code", needed(partial(gias_cells.whole, least=1, most=999)), True),
    Column("EstablishmentNumber", "establishment_number", partial(gias_cells.whole, most=9999), True),
    Column("EstablishmentName", "name", needed(gias_cells.text), True),
    Column("TypeOfEstablishment (name)", "type", gias_cells.described, True),
    Column("EstablishmentTypeGroup (name)", "type_group", gias_cells.described),
    Column("EstablishmentStatus (name)", "status", one_from(STATUSES), True),
    Column("ReasonEstablishmentOpened (name)", "reason_opened", gias_cells.described),
    Column("OpenDate", "opened_on", gias_cells.day),
    Column("ReasonEstablishmentClosed (name)", "reason_closed", gias_cells.described),
    Column("CloseDate", "closed_on", gias_cells.day),
    Column("PhaseOfEducation (name)", "phase", one_from(PHASES, {"all through": "all_through"}), True),
    Column("StatutoryLowAge", "lowest_age", partial(gias_cells.whole, most=99)),
    Column("StatutoryHighAge", "highest_age", partial(gias_cells.whole, most=99)),
    Column("NurseryProvision (name)", "nursery_provision", gias_cells.described),
    Column("OfficialSixthForm (name)", "sixth_form", gias_cells.described),
    Column("Gender (name)", "gender", gias_cells.described),
    Column("ReligiousCharacter (name)", "religious_character", gias_cells.described),
    Column("Diocese (name)", "diocese", gias_cells.described),
    Column("AdmissionsPolicy (name)", "admissions", gias_cells.described),
    Column("SchoolCapacity", "capacity", partial(gias_cells.whole, most=100_000)),
    Column("CensusDate", "census_on", gias_cells.day),
    Column("NumberOfPupils", "pupils", partial(gias_cells.whole, most=100_000)),
    Column("PercentageFSM", "percentage_fsm", gias_cells.percentage),
    Column("Trusts (code)", "trust_uid", gias_cells.described),
    Column("Trusts (name)", "trust", gias_cells.described),
    Column("Federations (code)", "federation_uid", gias_cells.described),
    Column("Federations (name)", "federation", gias_cells.described),
    Column("UKPRN", "ukprn", partial(gias_cells.whole, least=10_000_000, most=99_999_999)),
    Column("LastChangedDate", "last_changed_on", gias_cells.day),
    Column("Street", "street", gias_cells.text),
    Column("Locality", "locality", gias_cells.text),
    Column("Address3", "address3", gias_cells.text),
    Column("Town", "town", gias_cells.text),
    Column("County (name)", "county", gias_cells.described),
    Column("Postcode", "postcode", gias_cells.postcode),
    Column("SchoolWebsite", "website", gias_cells.website),
    Column("DistrictAdministrative (name)", "district", gias_cells.described),
    Column("AdministrativeWard (name)", "ward", gias_cells.described),
    Column("UrbanRural (name)", "urban_rural", gias_cells.described),
    Column("Easting", "easting", partial(gias_cells.whole, most=700_000)),
    Column("Northing", "northing", partial(gias_cells.whole, most=1_300_000)),
)
"""All imported columns. Heads' names, telephone numbers and inspection results are left out."""

LINKS_HEADING = "Linked establishments"
"""The last column of some extracts. With several links its values spill unquoted into further cells."""

LABELS = {
    "la_code": "local authority",
    "establishment_number": "establishment number",
    "name": "name",
    "type": "type",
    "type_group": "group of types",
    "kind": "kind",
    "status": "status",
    "reason_opened": "reason for opening",
    "opened_on": "opened on",
    "reason_closed": "reason for closing",
    "closed_on": "closed on",
    "phase": "phase",
    "lowest_age": "lowest age",
    "highest_age": "highest age",
    "nursery_provision": "nursery provision",
    "sixth_form": "sixth form",
    "gender": "gender",
    "religious_character": "religious character",
    "diocese": "diocese",
    "admissions": "admissions policy",
    "capacity": "capacity",
    "census_on": "census date",
    "pupils": "number of pupils",
    "percentage_fsm": "% eligible for free school meals",
    "trust_uid": "trust number",
    "trust": "trust",
    "federation_uid": "federation number",
    "federation": "federation",
    "ukprn": "UKPRN",
    "last_changed_on": "last changed in GIAS",
    "street": "street",
    "locality": "locality",
    "address3": "address, third line",
    "town": "town",
    "county": "county",
    "postcode": "postcode",
    "website": "website",
    "district": "district",
    "ward": "ward",
    "urban_rural": "urban or rural",
    "easting": "easting",
    "northing": "northing",
    "latitude": "latitude",
    "longitude": "longitude",
}
"""The label of every field of a school, for reports and pages."""
