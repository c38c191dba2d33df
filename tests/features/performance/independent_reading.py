"""A second reading of the published files, in plain Python, that shares no code with the product.

Each file is named with the columns that hold the measures, and each mark with its status, as typed here by hand.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("ALONGSIDE_REAL_DATA", ROOT.parent / "shared" / "data" / "real"))
Found = dict[tuple[int, str, str], tuple[str, Decimal | None]]
"""(URN, measure, academic year) → (status, value)."""

RESULTS = {"SUPP": "suppressed", "NE": "not_applicable", "NP": "not_available", "NA": "not_applicable"}
RESULTS |= {"LOWCOV": "low_coverage", "": "not_available"}
CENSUS = {"NA": "not_applicable", "SUPP": "suppressed", "": "not_available"}
PLAIN = {"NA": "not_available", "SUPP": "suppressed", "": "not_available"}
STATISTICS = {"z": "not_applicable", "c": "suppressed", "x": "not_available", "": "not_available"}
STATISTICS |= {"u": "unreliable", "low": "not_available"}


@dataclass(frozen=True)
class File:
    """A file: the year of its table, its marks, and the column and year of each measure."""

    name: str
    year: str
    marks: dict[str, str]
    columns: dict[str, str]
    urn: str = "URN"
    authority: str = ""
    others: dict[str, tuple[str, str]] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)

    def read(self, folder: Path, la_code: int, urns: set[int]) -> Found:
        """Return the figures of an authority; without a column of the authority, `urns` are its schools."""
        found: Found = {}
        with (folder / self.name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not row[self.urn].isdigit():
                    continue
                ours = row[self.authority] == str(la_code) if self.authority else int(row[self.urn]) in urns
                if ours:
                    found |= dict(self._of(row))
        return found

    def _of(self, row: dict[str, str]) -> Iterator[tuple[tuple[int, str, str], tuple[str, Decimal | None]]]:
        of_year = {measure: (column, self.year) for measure, column in self.columns.items()}
        for measure, (column, year) in [*of_year.items(), *self.others.items()]:
            cell = row[column].strip()
            key = (int(row[self.urn]), measure.split("@")[0], year)
            if cell in self.marks:
                yield key, (self.marks[cell], None)
                continue
            value = Decimal(cell.removesuffix("%").replace(",", "").lstrip("£ï¿\xbd"))
            counted = row[self.counted[measure]] if measure in self.counted else "1"
            if value == 0 and (counted in ("NA", "", "0")):
                yield key, ("not_available", None)
                continue
            yield key, ("ok", value)


CENSUS_COLUMNS = {
    "pupils": "NOR",
    "girls": "PNORG",
    "ehc_plan": "PSENELSE",
    "sen_support": "PSENELK",
    "eal": "PNUMEAL",
    "language_unknown": "PNUMUNCFL",
    "fsm_ever": "PNUMFSMEVER",
}
ABSENCE_COLUMNS = {"absence": "PERCTOT", "persistent_absence": "PPERSABS10"}
KS2_CUT = {
    "ks2_expected": "PTRWM_EXP",
    "ks2_higher": "PTRWM_HIGH",
    "ks2_reading_score": "READ_AVERAGE",
    "ks2_maths_score": "MAT_AVERAGE",
    "ks2_grammar_score": "GPS_AVERAGE",
}
KS4_CUT = {
    "ks4_attainment8": "ATT8SCR",
    "ks4_english_maths_5": "PTL2BASICS_95",
    "ks4_ebacc_points": "EBACCAPS",
    "ks4_ebacc_entry": "PTEBACC_E_PTQ_EE",
}
MONEY_COLUMNS = {"income": "Income", "expenditure": "Expenditure", "balance": "Balance"}
OF_PUPILS = dict.fromkeys(("girls", "ehc_plan", "sen_support", "eal", "language_unknown"), "NOR")
NOBODY = OF_PUPILS | {"fsm_ever": "NORFSMEVER"}
"""The number of pupils of whom a percentage is: 0% of nobody is not a figure."""

FILES = (
    File("census_2018-19.csv", "2018-19", CENSUS, CENSUS_COLUMNS, authority="LA", counted=OF_PUPILS),
    File("census_2022-23.csv", "2022-23", CENSUS, CENSUS_COLUMNS, authority="LA", counted=NOBODY),
    File(
        "census_2024-25.csv",
        "2024-25",
        CENSUS,
        CENSUS_COLUMNS | {"language_unknown": "PNUMUNCLF"},
        authority="LA",
        counted=NOBODY,
    ),
    File("absence_2018-19.csv", "2018-19", PLAIN, ABSENCE_COLUMNS, authority="LA"),
    File("absence_2022-23.csv", "2022-23", PLAIN, ABSENCE_COLUMNS, authority="LA"),
    File("absence_2023-24.csv", "2023-24", PLAIN, ABSENCE_COLUMNS, authority="LA"),
    File(
        "absence_2024-25_sample.csv",
        "2024-25",
        PLAIN,
        {"absence": "Abs_Tot_Est_Current_Pct", "persistent_absence": "Abs_Persistent_Est_Current_Pct"},
        urn="Id",
        authority="LAId",
        others={
            "absence@1": ("Abs_Tot_Est_Previous_Pct", "2023-24"),
            "persistent_absence@1": ("Abs_Persistent_Est_Previous_Pct", "2023-24"),
            "absence@2": ("Abs_Tot_Est_Previous2_Pct", "2022-23"),
            "persistent_absence@2": ("Abs_Persistent_Est_Previous2_Pct", "2022-23"),
        },
    ),
    File(
        "ks2_attainment_2017-18.csv",
        "2017-18",
        RESULTS,
        {
            "ks2_expected": "Overall Meet Std",
            "ks2_higher": "Overall Exceed Std",
            "ks2_reading_expected": "Reading Meet Std",
            "ks2_reading_higher": "Reading Exceed Std",
            "ks2_writing_expected": "Writing Meet Std",
            "ks2_writing_higher": "Writing Exceed Std",
            "ks2_maths_expected": "Maths Meet Std",
            "ks2_maths_higher": "Maths Exceed Std",
            "ks2_reading_score": "Reading Score",
            "ks2_maths_score": "Maths Score",
            "ks2_reading_progress": "Reading Progress",
            "ks2_writing_progress": "Writing Progress",
            "ks2_maths_progress": "Maths Progress",
        },
    ),
    File(
        "ks2_progress_2018-19.csv",
        "2018-19",
        RESULTS,
        {
            "ks2_reading_progress": "READPROG",
            "ks2_writing_progress": "WRITPROG",
            "ks2_maths_progress": "MATPROG",
        },
    ),
    File("ks2_2023-24.csv", "2023-24", RESULTS, KS2_CUT, authority="LEA"),
    File("ks2_2024-25.csv", "2024-25", RESULTS, KS2_CUT, authority="LEA"),
    File(
        "ks4_attainment_2017-18.csv",
        "2017-18",
        RESULTS,
        {
            "ks4_attainment8": "Attainment 8",
            "ks4_progress8": "Progress 8",
            "ks4_english_maths_5": "Eng Maths Grade 5",
            "ks4_ebacc_points": "EBacc Avg Score",
            "ks4_ebacc_entry": "Entering EBacc",
            "ks4_ebacc_5": "EBacc Grade 5",
        },
    ),
    File("ks4_2018-19.csv", "2018-19", RESULTS, KS4_CUT | {"ks4_progress8": "P8MEA"}),
    File("ks4_2023-24.csv", "2023-24", RESULTS, KS4_CUT, authority="LEA"),
    File("ks4_2024-25.csv", "2024-25", RESULTS, KS4_CUT, authority="LEA"),
    File(
        "ks4_school_info_2023-24.csv",
        "2023-24",
        STATISTICS,
        {
            "ks4_pupils": "t_pupils",
            "ks4_prior_attainment": "avg_ks2_scaledscore",
            "ks4_low_prior_attainment": "pt_prior_lo",
            "ks4_high_prior_attainment": "pt_prior_hi",
            "ks4_disadvantaged": "pt_disadvantaged",
            "ks4_eal": "pt_language_not_english",
            "ks4_ehc_plan": "pt_sen_with_ehcp",
            "ks4_sen_support": "pt_sen_no_ehcp",
            "ks4_stable": "pt_not_mobile",
            "ks4_disadvantage_gap": "diffn_att8",
        },
        urn="school_urn",
        authority="old_la_code",
    ),
    File(
        "ks4_destinations_2024-25.csv",
        "2022-23",
        RESULTS | {"SP": "not_available", "SN": "not_available"},
        {
            "destinations": "OVERALL_DESTPER",
            "destinations_education": "EDUCATIONPER",
            "destinations_apprenticeship": "APPRENPER",
            "destinations_employment": "EMPLOYMENTPER",
            "destinations_not_sustained": "NOT_SUSTAINEDPER",
            "destinations_disadvantaged": "OVERALL_DESTPER_DIS",
        },
        authority="LEA",
        others={
            "destinations@1": ("OVERALL_DESTPER_22", "2021-22"),
            "destinations@2": ("OVERALL_DESTPER_21", "2020-21"),
            "destinations_disadvantaged@1": ("OVERALL_DESTPER_DIS_22", "2021-22"),
            "destinations_disadvantaged@2": ("OVERALL_DESTPER_DIS_21", "2020-21"),
        },
    ),
    File(
        "workforce_2017-18.csv",
        "2017-18",
        PLAIN,
        {
            "pupil_teacher_ratio": "Pupil:     Teacher Ratio",
            "teachers": "Total Number of Teachers (Full-Time Equivalent)",
            "teaching_assistants": "Total Number of Teaching Assistants (Full-time Equivalent)",
            "teacher_salary": "Mean Gross FTE Salary of All Teachers (£s)",
        },
        authority="LA Number",
    ),
    File(
        "workforce_2024-25_sample.csv",
        "2024-25",
        PLAIN,
        {"pupil_teacher_ratio": "Workforce_PupTeaRatio_Est_Current_Num"},
        urn="Id",
        authority="LAId",
    ),
    File("finance_2016-17.csv", "2016-17", PLAIN, MONEY_COLUMNS),
    File("finance_2017-18.csv", "2017-18", PLAIN, MONEY_COLUMNS),
    File(
        "pupil_premium_allocations_2021-22.csv",
        "2021-22",
        PLAIN,
        {
            "pupil_premium_pupils": "Total number of pupils eligible for the Deprivation Pupil Premium",
            "pupil_premium": "Total allocation for the Deprivation Pupil Premium",
        },
        authority="LA",
    ),
)


def schools_of(la_code: int) -> tuple[set[int], set[int]]:
    """Return the URNs of the open schools of an authority, and of those that were listed in earlier years only."""
    read = {
        year: _urns(f"performance/census_{year}.csv", la_code) for year in ("2018-19", "2022-23", "2024-25")
    }
    earlier = read["2018-19"] | read["2022-23"] | _urns("gias/spine_2017-18.csv", la_code)
    return read["2024-25"], earlier - read["2024-25"]


def _urns(name: str, la_code: int) -> set[int]:
    with (REAL / name).open(encoding="utf-8", newline="") as file:
        return {int(row["URN"]) for row in csv.DictReader(file) if row["LA"] == str(la_code)}


def links_of(urns: set[int]) -> list[tuple[int, int, str]]:
    """Return the links of these schools: URN, other URN, and predecessor or successor."""
    with (REAL / "gias" / "links_2025-04-22.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (int(row["URN"]), int(row["LinkURN"]), row["LinkType"].lower()) for row in csv.DictReader(file)
        ]
    kinds = ("predecessor", "successor")
    return sorted(
        {(urn, other, kind) for urn, other, term in rows for kind in kinds if kind in term and urn in urns}
    )
