"""Fully invented schools for the special cases of a real register."""

from collections.abc import Mapping, Sequence

Edge = tuple[Mapping[str, str], Sequence[str]]
"""The cells of a school by their headings, and its links."""

OPEN = {
    "EstablishmentStatus (name)": "Open",
    "ReasonEstablishmentOpened (name)": "Not applicable",
    "ReasonEstablishmentClosed (name)": "Not applicable",
    "Gender (name)": "Mixed",
    "ReligiousCharacter (name)": "Does not apply",
    "LastChangedDate": "01-09-2025",
}
COMMUNITY = {
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
}
ACADEMY = {
    "TypeOfEstablishment (name)": "Academy converter",
    "EstablishmentTypeGroup (name)": "Academies",
}
PRIMARY = {"PhaseOfEducation (name)": "Primary", "StatutoryLowAge": "4", "StatutoryHighAge": "11"}


def counted(capacity: int, pupils: int, fsm: str) -> dict[str, str]:
    """Figures of the January census."""
    return {
        "SchoolCapacity": str(capacity),
        "NumberOfPupils": str(pupils),
        "PercentageFSM": fsm,
        "CensusDate": "16-01-2025",
    }


def at(la: str, urn: int, name: str, easting: int, northing: int, ward: str) -> dict[str, str]:
    """Which school, and where."""
    district = {"359": "WN7", "816": "YO30"}[la]
    return {
        "LA (code)": la,
        "URN": str(urn),
        "EstablishmentName": name,
        "Easting": str(easting),
        "Northing": str(northing),
        "AdministrativeWard (name)": ward,
        "DistrictAdministrative (name)": {"359": "Wigan", "816": "York"}[la],
        "Postcode": f"{district} {urn % 9 + 1}OO",
    }


def closed(on: str, reason: str) -> dict[str, str]:
    """The cells of a closed school."""
    return {
        "EstablishmentStatus (name)": "Closed",
        "CloseDate": on,
        "ReasonEstablishmentClosed (name)": reason,
    }


EDGES: tuple[Edge, ...] = (
    # A primary that closed to become an academy under a new URN, with the number it had before.
    (
        OPEN
        | COMMUNITY
        | PRIMARY
        | at("359", 900401, "Tamarisk Row Primary School", 366100, 400300, "Leigh South")
        | closed("31-08-2024", "Academy Converter")
        | {"EstablishmentNumber": "9901"},
        ("900402 Successor",),
    ),
    (
        OPEN
        | ACADEMY
        | PRIMARY
        | at("359", 900402, "Tamarisk Row Primary Academy", 366100, 400300, "Leigh South")
        | counted(210, 187, "31.6")
        | {
            "EstablishmentNumber": "9901",
            "OpenDate": "01-09-2024",
            "ReasonEstablishmentOpened (name)": "Academy Converter",
            "Trusts (name)": "Quillmere Learning Trust",
            "Trusts (code)": "90000",
        },
        ("900401 Predecessor",),
    ),
    # An infant and a junior school that became one: two links, which spill over the last column.
    (
        OPEN
        | COMMUNITY
        | at("359", 900403, "Candlewick Green Infant School", 360700, 404100, "Ince")
        | {"PhaseOfEducation (name)": "Primary", "StatutoryLowAge": "3", "StatutoryHighAge": "7"}
        | closed("31-08-2023", "Result of Amalgamation/Merger"),
        ("900405 Successor - amalgamated",),
    ),
    (
        OPEN
        | COMMUNITY
        | at("359", 900404, "Candlewick Green Junior School", 360800, 404100, "Ince")
        | {"PhaseOfEducation (name)": "Primary", "StatutoryLowAge": "7", "StatutoryHighAge": "11"}
        | closed("31-08-2023", "Result of Amalgamation/Merger"),
        ("900405 Successor - amalgamated",),
    ),
    (
        OPEN
        | COMMUNITY
        | PRIMARY
        | at("359", 900405, "Candlewick Green Primary School", 360800, 404100, "Ince")
        | counted(420, 396, "38.1")
        | {"OpenDate": "01-09-2023", "ReasonEstablishmentOpened (name)": "Result of Amalgamation"},
        ("900403 Predecessor - amalgamated", "900404 Predecessor - amalgamated"),
    ),
    (
        OPEN
        | {
            "TypeOfEstablishment (name)": "Free schools",
            "EstablishmentTypeGroup (name)": "Free Schools",
            "PhaseOfEducation (name)": "All-through",
            "StatutoryLowAge": "4",
            "StatutoryHighAge": "16",
            "OpenDate": "01-09-2019",
        }
        | at("359", 900406, "Saltersgate All-through School", 361900, 399200, "Golborne and Lowton West")
        | counted(1260, 1104, "22.4"),
        (),
    ),
    (
        OPEN
        | {
            "TypeOfEstablishment (name)": "Sixth form centres",
            "EstablishmentTypeGroup (name)": "Colleges",
            "PhaseOfEducation (name)": "16 plus",
            "StatutoryLowAge": "16",
            "StatutoryHighAge": "19",
        }
        | at("359", 900407, "Winstanhope Sixth Form College", 354900, 403600, "Winstanley")
        | {"NumberOfPupils": "SUPP"},
        (),
    ),
    # Opened in September: no census yet, so no figure; that is not none.
    (
        OPEN
        | PRIMARY
        | {
            "TypeOfEstablishment (name)": "Free schools",
            "EstablishmentTypeGroup (name)": "Free Schools",
            "ReasonEstablishmentOpened (name)": "New Provision",
            "OpenDate": "01-09-2025",
            "SchoolCapacity": "210",
        }
        | at("359", 900408, "Marl Pit Lane Free School", 369500, 401700, "Astley Mosley Common"),
        (),
    ),
    (
        OPEN
        | {
            "TypeOfEstablishment (name)": "Pupil referral unit",
            "EstablishmentTypeGroup (name)": "Local authority maintained schools",
            "PhaseOfEducation (name)": "Not applicable",
            "StatutoryLowAge": "5",
            "StatutoryHighAge": "16",
        }
        | at("359", 900409, "The Stepping Stones Café Centre", 358600, 405400, "Wigan Central")
        | counted(48, 0, "")
        | {"NumberOfPupils": "0"},
        (),
    ),
    (
        OPEN
        | COMMUNITY
        | PRIMARY
        | at("359", 900410, "Hollow Meadows Primary School", 353200, 409900, "Shevington with Lower Ground")
        | counted(105, 41, "17.1")
        | {"EstablishmentStatus (name)": "Open, but proposed to close"},
        (),
    ),
    (
        OPEN
        | PRIMARY
        | {
            "TypeOfEstablishment (name)": "Free schools",
            "EstablishmentTypeGroup (name)": "Free Schools",
            "EstablishmentStatus (name)": "Proposed to open",
            "SchoolCapacity": "420",
        }
        | at("816", 900901, "Cinder Path Free School", 458900, 454600, "Rawcliffe & Clifton Without"),
        (),
    ),
    # Under a new sponsor, from a school that lies in another authority's register.
    (
        OPEN
        | ACADEMY
        | PRIMARY
        | at("816", 900902, "Écrivain Primary Academy", 463300, 450200, "Hull Road")
        | counted(315, 288, "12.8")
        | {"OpenDate": "01-04-2022", "ReasonEstablishmentOpened (name)": "Academy Converter"},
        ("909999 Predecessor",),
    ),
)
