"""The published tables: how each is recognised by its headings, its spellings over the years, and its marks.

Sources: the publisher's column descriptions of each table, and the files themselves. A mark has a meaning of its own in
each table: NE in a key stage table says that no pupil was entered, NA in the census that the figure is not collected.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alongside.features.performance.catalogue import year_before
from alongside.features.performance.statuses import (
    LOW_COVERAGE,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    SUPPRESSED,
    UNRELIABLE,
)

FOOTNOTE = re.compile(r" ?\([0-9]{1,2}\)$")
BLANK = {"": NOT_AVAILABLE}
RESULTS = BLANK | {
    "supp": SUPPRESSED,
    "ne": NOT_APPLICABLE,
    "np": NOT_AVAILABLE,
    "na": NOT_APPLICABLE,
    "lowcov": LOW_COVERAGE,
}
DESTINATION = RESULTS | {"sp": NOT_AVAILABLE, "sn": NOT_AVAILABLE, "low": NOT_AVAILABLE}
"""SP and SN are percentages and numbers above 0 that would be rounded to 0: the exact figure is not published."""

CENSUS = BLANK | {"na": NOT_APPLICABLE, "supp": SUPPRESSED}
ABSENCE = BLANK | {"supp": SUPPRESSED, "np": NOT_AVAILABLE, "na": NOT_AVAILABLE}
WORKFORCE = BLANK | {"na": NOT_AVAILABLE, "supp": SUPPRESSED, "dns": NOT_AVAILABLE}
STATISTICS = BLANK | {
    "z": NOT_APPLICABLE,
    "c": SUPPRESSED,
    "x": NOT_AVAILABLE,
    ":": NOT_AVAILABLE,
    "low": NOT_AVAILABLE,
    "u": UNRELIABLE,
    "supp": SUPPRESSED,
    "lowcov": LOW_COVERAGE,
    "ne": NOT_APPLICABLE,
    "np": NOT_AVAILABLE,
}
"""The marks of government statistics. “low” is above 0 and rounds to 0, so it is not a value."""

LOCAL = STATISTICS | {"na": NOT_AVAILABLE, "n/a": NOT_AVAILABLE, "-": NOT_AVAILABLE}
MONEY = BLANK | {"na": NOT_AVAILABLE, "supp": SUPPRESSED}

TABLES = {
    "ks2": "Key stage 2 results",
    "ks4": "Key stage 4 results",
    "ks4_pupils": "Key stage 4 pupils",
    "ks4_destinations": "Destinations after key stage 4",
    "absence": "Absence",
    "census": "School census",
    "workforce": "School workforce",
    "finance": "Finance of maintained schools",
    "pupil_premium": "Pupil premium allocations",
    "inspections": "Inspection outcomes",
    "local": "The authority’s own spreadsheet",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which a table has been published. Headings are compared in lower case without footnote numbers.

    `needs` are the headings by which it is recognised. `urn`, `authority`, `year`, `release` and `school_type` are
    headings, or empty. `area` says how rows of areas are marked: “rectype”, “estab” (NAT in the column of the
    authority) or “level”. `spellings` maps a column of the catalogue to its heading here; `earlier` does so for
    figures of earlier years in the same row, by the number of years. The figures are of the academic year `years_back`
    before that of the table; with `by_leaving_year`, a heading that ends in _22 is about the leavers of 2021-22.
    `not_of_independent` are columns in which independent schools have no figure.
    """

    table: str
    needs: frozenset[str]
    marks: Mapping[str, str]
    urn: str = "urn"
    authority: str = ""
    year: str = ""
    release: str = ""
    school_type: str = ""
    area: str = ""
    spellings: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    years_back: int = 0
    by_leaving_year: bool = False
    not_of_independent: frozenset[str] = frozenset()

    def headings_of(self, column: str, table_year: str) -> list[tuple[str, str]]:
        """Return the headings that hold a column of the catalogue, each with the academic year of its figures."""
        name = normalised(column)
        year = year_before(table_year, self.years_back)
        found = [(self.spellings.get(name, name), year)]
        found += [
            (names[name], year_before(year, years)) for years, names in self.earlier.items() if name in names
        ]
        if self.by_leaving_year:
            found += [(f"{name}_{one[-2:]}", one) for one in (year_before(year), year_before(year, 2))]
        return found


def normalised(heading: str) -> str:
    """Return a heading as it is compared: lower case, single spaces, without the number of a footnote."""
    return FOOTNOTE.sub("", " ".join(heading.split()).lower())


def _needs(*headings: str) -> frozenset[str]:
    return frozenset(headings)


LAYOUTS = (
    Layout("ks2", _needs("urn", "ptrwm_exp"), RESULTS, authority="lea", area="rectype"),
    Layout("ks2", _needs("urn", "readprog", "matprog"), RESULTS, authority="lea", area="rectype"),
    Layout(
        "ks2",
        _needs("urn", "ks2 pupils", "overall meet std"),
        RESULTS,
        year="academic year",
        spellings={
            "telig": "ks2 pupils",
            "ptrwm_exp": "overall meet std",
            "ptrwm_high": "overall exceed std",
            "ptread_exp": "reading meet std",
            "ptread_high": "reading exceed std",
            "ptwritta_exp": "writing meet std",
            "ptwritta_high": "writing exceed std",
            "ptmat_exp": "maths meet std",
            "ptmat_high": "maths exceed std",
            "read_average": "reading score",
            "mat_average": "maths score",
            "readprog": "reading progress",
            "writprog": "writing progress",
            "matprog": "maths progress",
        },
    ),
    Layout("ks4", _needs("urn", "att8scr"), RESULTS, authority="lea", area="rectype"),
    Layout(
        "ks4",
        _needs("urn", "ks4 pupils", "attainment 8"),
        RESULTS,
        year="academic year",
        spellings={
            "tpup": "ks4 pupils",
            "att8scr": "attainment 8",
            "p8mea": "progress 8",
            "ptl2basics_95": "eng maths grade 5",
            "ptebacc_e_ptq_ee": "entering ebacc",
            "ebaccaps": "ebacc avg score",
            "ptebacc_95": "ebacc grade 5",
        },
    ),
    Layout(
        "ks4_pupils",
        _needs("school_urn", "time_period", "t_pupils", "pt_prior_lo"),
        STATISTICS,
        urn="school_urn",
        authority="old_la_code",
        year="time_period",
        release="version",
        area="level",
    ),
    Layout(
        "ks4_destinations",
        _needs("urn", "cohort", "overall_destper"),
        DESTINATION,
        authority="lea",
        area="rectype",
        years_back=2,
        by_leaving_year=True,
    ),
    Layout("absence", _needs("urn", "perctot"), ABSENCE, authority="la", area="estab"),
    Layout(
        "absence",
        _needs("id", "laid", "abs_tot_est_current_pct"),
        ABSENCE,
        urn="id",
        authority="laid",
        spellings={"perctot": "abs_tot_est_current_pct", "ppersabs10": "abs_persistent_est_current_pct"},
        earlier={
            1: {"perctot": "abs_tot_est_previous_pct", "ppersabs10": "abs_persistent_est_previous_pct"},
            2: {"perctot": "abs_tot_est_previous2_pct", "ppersabs10": "abs_persistent_est_previous2_pct"},
        },
    ),
    Layout(
        "census",
        _needs("urn", "nor", "pnumeal"),
        CENSUS,
        authority="la",
        area="estab",
        school_type="schooltype",
        not_of_independent=_needs("pnumfsmever"),
    ),
    Layout(
        "census",
        _needs("urn", "nor", "pnumeal", "pnumunclf"),
        CENSUS,
        authority="la",
        area="estab",
        school_type="schooltype",
        spellings={"pnumuncfl": "pnumunclf"},
        not_of_independent=_needs("pnumfsmever"),
    ),
    Layout(
        "workforce", _needs("urn", "total number of teachers (headcount)"), WORKFORCE, authority="la number"
    ),
    Layout(
        "workforce",
        _needs("id", "laid", "workforce_puptearatio_est_current_num"),
        WORKFORCE,
        urn="id",
        authority="laid",
        spellings={"pupil: teacher ratio": "workforce_puptearatio_est_current_num"},
    ),
    Layout("finance", _needs("urn", "income", "expenditure", "balance"), MONEY, year="academic year"),
    Layout(
        "pupil_premium",
        _needs("urn", "total number of pupils eligible for the deprivation pupil premium"),
        MONEY,
        authority="la",
    ),
)


def recognised(headings: Iterable[str]) -> Layout | None:
    """Return the layout whose headings a file has; the one with the most of them, None if there is none."""
    names = {normalised(one) for one in headings}
    fitting = [layout for layout in LAYOUTS if layout.needs <= names]
    return max(fitting, key=lambda layout: len(layout.needs), default=None)
