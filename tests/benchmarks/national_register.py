"""A generated national register in the DfE's format: 135 columns, cp1252, 60 MB, the same each time.

Run `python -m tests.benchmarks.national_register FILE` to write one.
"""

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

AUTHORITIES = (901, *range(201, 352))
"""152 codes; 901 is the authority of the tests."""

OPEN_SCHOOLS = 24_000
SIZE = 60_000_000

CODED = (  # noqa: SIM905
    "TypeOfEstablishment EstablishmentTypeGroup EstablishmentStatus ReasonEstablishmentOpened "
    "ReasonEstablishmentClosed PhaseOfEducation Boarders OfficialSixthForm Gender ReligiousCharacter "
    "Diocese AdmissionsPolicy SpecialClasses TrustSchoolFlag Trusts Federations OfstedSpecialMeasures "
    "GOR DistrictAdministrative AdministrativeWard ParliamentaryConstituency UrbanRural QABName "
    "EstablishmentAccredited"
).split()
HEADINGS_AS_PUBLISHED = (
    "URN|LA (code)|LA (name)|EstablishmentNumber|EstablishmentName|TypeOfEstablishment|"
    "EstablishmentTypeGroup|EstablishmentStatus|ReasonEstablishmentOpened|OpenDate|"
    "ReasonEstablishmentClosed|CloseDate|PhaseOfEducation|StatutoryLowAge|StatutoryHighAge|Boarders|"
    "NurseryProvision (name)|OfficialSixthForm|Gender|ReligiousCharacter|ReligiousEthos (name)|Diocese|"
    "AdmissionsPolicy|SchoolCapacity|SpecialClasses|CensusDate|NumberOfPupils|NumberOfBoys|NumberOfGirls|"
    "PercentageFSM|TrustSchoolFlag|Trusts|SchoolSponsorFlag (name)|SchoolSponsors (name)|"
    "FederationFlag (name)|Federations|UKPRN|FEHEIdentifier|FurtherEducationType (name)|OfstedLastInsp|"
    "OfstedSpecialMeasures|LastChangedDate|Street|Locality|Address3|Town|County (name)|Postcode|"
    "SchoolWebsite|TelephoneNum|HeadTitle (name)|HeadFirstName|HeadLastName|HeadPreferredJobTitle|"
    "BSOInspectorateName (name)|InspectorateReport|DateOfLastInspectionVisit|NextInspectionVisit|"
    "TeenMoth (name)|TeenMothPlaces|CCF (name)|SENPRU (name)|EBD (name)|PlacesPRU|FTProv (name)|"
    "EdByOther (name)|Section41Approved (name)|SEN1 (name)|SEN2 (name)|SEN3 (name)|SEN4 (name)|"
    "SEN5 (name)|SEN6 (name)|SEN7 (name)|SEN8 (name)|SEN9 (name)|SEN10 (name)|SEN11 (name)|SEN12 (name)|"
    "SEN13 (name)|TypeOfResourcedProvision (name)|ResourcedProvisionOnRoll|ResourcedProvisionCapacity|"
    "SenUnitOnRoll|SenUnitCapacity|GOR|DistrictAdministrative|AdministrativeWard|"
    "ParliamentaryConstituency|UrbanRural|GSSLACode (name)|Easting|Northing|MSOA (name)|LSOA (name)|"
    "InspectorateName (name)|SENStat|SENNoStat|PropsName|OfstedRating (name)|RSCRegion (name)|"
    "Country (name)|UPRN|SiteName|QABName|EstablishmentAccredited|QABReport|CHNumber|MSOA (code)|"
    "LSOA (code)|FSM"
)


def headings() -> list[str]:
    """The headings of the extract in their order; most lists have a code and a name column."""
    found = []
    for heading in HEADINGS_AS_PUBLISHED.split("|"):
        found += [f"{heading} (code)", f"{heading} (name)"] if heading in CODED else [heading]
    return found


NOT_APPLICABLE = (  # noqa: SIM905
    "ReasonEstablishmentOpened (name)|ReasonEstablishmentClosed (name)|ReligiousEthos (name)|"
    "Diocese (name)|SchoolSponsorFlag (name)|FurtherEducationType (name)|BSOInspectorateName (name)|"
    "TeenMoth (name)|CCF (name)|SENPRU (name)|EBD (name)|Section41Approved (name)|QABName (name)|"
    "EstablishmentAccredited (name)|TrustSchoolFlag (name)|OfstedSpecialMeasures (name)|"
    "TypeOfResourcedProvision (name)"
).split("|")


def row(number: int, *, closed: bool, chance: random.Random) -> dict[str, str]:
    """One generated school; every eighth word of a name has a curly apostrophe, which tests cp1252."""
    authority = AUTHORITIES[number % len(AUTHORITIES)]
    secondary = number % 7 == 0
    pupils = chance.randrange(40, 1500)
    saint = "St Teilo’s" if number % 8 == 0 else "Mill Lane"
    filled = dict.fromkeys(NOT_APPLICABLE, "Not applicable")
    return filled | {
        "URN": str(100_000 + number),
        "LA (code)": str(authority),
        "LA (name)": f"Authority of {authority}",
        "EstablishmentNumber": str(2000 + number // len(AUTHORITIES)),
        "EstablishmentName": f"{saint} {number} {'High' if secondary else 'Primary'} School",
        "TypeOfEstablishment (code)": "01",
        "TypeOfEstablishment (name)": "Community school",
        "EstablishmentTypeGroup (code)": "4",
        "EstablishmentTypeGroup (name)": "Local authority maintained schools",
        "EstablishmentStatus (code)": "2" if closed else "1",
        "EstablishmentStatus (name)": "Closed" if closed else "Open",
        "CloseDate": "31-08-2009" if closed else "",
        "PhaseOfEducation (code)": "4" if secondary else "2",
        "PhaseOfEducation (name)": "Secondary" if secondary else "Primary",
        "StatutoryLowAge": "11" if secondary else "4",
        "StatutoryHighAge": "16" if secondary else "11",
        "Boarders (name)": "No boarders",
        "NurseryProvision (name)": "No Nursery Classes",
        "OfficialSixthForm (name)": "Does not have a sixth form",
        "Gender (name)": "Mixed",
        "ReligiousCharacter (name)": "Does not apply",
        "AdmissionsPolicy (name)": "Not applicable",
        "SchoolCapacity": str(pupils + 20),
        "SpecialClasses (name)": "No Special Classes",
        "CensusDate": "" if closed else "16-01-2025",
        "NumberOfPupils": "" if closed else str(pupils),
        "PercentageFSM": "" if closed else f"{chance.randrange(600) / 10}",
        "FederationFlag (name)": "Not under a federation",
        "UKPRN": str(10_000_000 + number),
        "LastChangedDate": "14-11-2018",
        "Street": f"{number % 300} Long Lane, Upper End",
        "Locality": "Riverside and Old Town",
        "Town": "Milltown",
        "County (name)": "Lancashire",
        "Postcode": f"WN{number % 9 + 1} {number % 9 + 1}OO",
        "SchoolWebsite": f"http://www.school-{number}.example/",
        "TelephoneNum": "01632960000",
        "HeadPreferredJobTitle": "Headteacher",
        "GOR (name)": "North West",
        "DistrictAdministrative (code)": "E08000010",
        "DistrictAdministrative (name)": f"District of {authority}",
        "AdministrativeWard (name)": f"Ward {number % 25} with Lower Ground",
        "ParliamentaryConstituency (name)": f"Milltown and the Valley {number % 4}",
        "UrbanRural (name)": "(England/Wales) Urban major conurbation",
        "GSSLACode (name)": "E08000010",
        "Easting": str(chance.randrange(300_000, 600_000)),
        "Northing": str(chance.randrange(100_000, 600_000)),
        "MSOA (name)": f"Milltown {number % 40:03d}",
        "LSOA (name)": f"Milltown {number % 40:03d}A",
        "OfstedLastInsp": "15-09-2021",
        "RSCRegion (name)": "Lancashire and West Yorkshire",
        "Country (name)": "United Kingdom",
        "UPRN": str(100_000_000_000 + number),
        "MSOA (code)": "E02001293",
        "LSOA (code)": "E01006333",
    }


def rows() -> Iterator[dict[str, str]]:
    """Open schools first, then closed ones without end."""
    chance = random.Random(20260901)
    number = 0
    while True:
        yield row(number, closed=number >= OPEN_SCHOOLS, chance=chance)
        number += 1


def write_national_register(file: Path, size: int = SIZE) -> int:
    """Write a register of about `size` bytes. Returns the number of schools."""
    count = 0
    with file.open("w", encoding="cp1252", newline="") as opened:
        writer = csv.DictWriter(opened, headings(), restval="")
        writer.writeheader()
        for one in rows():
            writer.writerow(one)
            count += 1
            if count % 500 == 0 and count >= OPEN_SCHOOLS and opened.tell() >= size:
                return count
    raise AssertionError("rows never end")


if __name__ == "__main__":
    written = Path(sys.argv[1])
    print(f"{write_national_register(written):,} schools, {written.stat().st_size / 1e6:.1f} MB")
