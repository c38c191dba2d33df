"""The types of the entries in an authority's lists. Each entry has a key that never changes."""

from typing import Annotated, Literal

import msgspec

Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""The identifier of an entry in rows and URLs: lower-case letters, digits, underscores; never changed or reused."""

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Hint = Annotated[str, msgspec.Meta(max_length=300)]
ConsortiumPhase = Literal["primary", "secondary"]
AcademicYear = Annotated[str, msgspec.Meta(pattern=r"^20\d\d-\d{2}$")]
SchoolDays = Annotated[int, msgspec.Meta(ge=1, le=400)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An option that people choose by its label. A retired one stays readable but cannot be chosen."""

    label: Line
    hint: Hint = ""
    retired: bool = False


class Theme(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A theme of support; `area` is its inspection area."""

    area: Line


class KeyStage(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A key stage, with the phases in which schools teach it."""

    phases: tuple[ConsortiumPhase, ...]


class Urgency(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How soon a need must be met: deadlines in school days, and the sort order (1 is the most urgent)."""

    respond_by: SchoolDays
    widen_after: SchoolDays
    order: Annotated[int, msgspec.Meta(ge=1, le=9)]


class EscalationUrgency(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How soon an escalation must be handled: deadlines in school days, and the sort order (1 is the most urgent)."""

    acknowledge: SchoolDays
    decide: SchoolDays
    plan: SchoolDays
    review: SchoolDays
    order: Annotated[int, msgspec.Meta(ge=1, le=9)]


class Designation(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A designation of a person who gives support, by a national or local scheme."""

    short: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
    scheme: Literal["national", "local"]
    home_head_releases: bool


class Reason(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reason from a closed list; with `needs_words` a note is required."""

    needs_words: bool = False


class EscalationReason(Reason, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why a consortium cannot challenge a school; `to_safeguarding` refers to the safeguarding contact, unrecorded."""

    to_safeguarding: bool = False


class Band(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A support category, which is not a grade: days of support and number of visits in a year."""

    order: Annotated[int, msgspec.Meta(ge=1, le=9)]
    support_days: Annotated[int, msgspec.Meta(ge=0, le=200)]
    challenge_visits: Annotated[int, msgspec.Meta(ge=0, le=40)]


class ImpliedBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A judgement of an evaluation area at an inspection, in the words of its framework."""

    area: Line
    judgement: Line


class SchoolLabelEntry(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A label of schools: its rule, the version of the rule, and judgements of inspections that propose it."""

    rule: Line
    rule_version: Line
    implied_by: tuple[ImpliedBy, ...] = ()


class MeasureEntry(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A measure of schools: the table and column that publish it, and the academic years in which they do.

    `numerator` and `denominator` are columns with numbers of pupils, where the table has them. `context` measures
    describe the pupils of a school, not its results. A measure is published from `first_year` to `last_year` except in
    `pauses`; the figures of a year in `breaks` cannot be compared with those before it. `theme` is the theme of support
    that helps with it, or empty.
    """

    phases: tuple[ConsortiumPhase, ...]
    unit: Literal["percent", "score", "ratio", "count", "pounds"]
    better: Literal["higher", "lower", "neither"]
    table: Literal[
        "census",
        "absence",
        "ks2",
        "ks4",
        "ks4_pupils",
        "ks4_destinations",
        "workforce",
        "finance",
        "pupil_premium",
        "local",
    ]
    column: Annotated[str, msgspec.Meta(max_length=200)] = ""
    theme: Annotated[str, msgspec.Meta(max_length=60)] = ""
    numerator: Annotated[str, msgspec.Meta(max_length=200)] = ""
    denominator: Annotated[str, msgspec.Meta(max_length=200)] = ""
    context: bool = False
    first_year: AcademicYear
    last_year: AcademicYear | None = None
    pauses: tuple[AcademicYear, ...] = ()
    breaks: tuple[AcademicYear, ...] = ()


class DeclaredConsortium(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A consortium in the authority's file; each consortium has one phase."""

    name: Line
    phase: ConsortiumPhase


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Money for one purpose in one financial year (April to March), in pence."""

    label: Line
    source: Literal["authority", "dedicated_schools_grant", "grant", "traded"]
    purpose: Literal["core_team", "intervention", "commissioning"]
    phase: Literal["primary", "secondary", "all"]
    pence: Annotated[int, msgspec.Meta(ge=0)]
    financial_year: Annotated[str, msgspec.Meta(pattern=r"^20\d\d-\d\d$")]
    held_by: Hint = ""
    forum_approval: Hint = ""
    section_251_line: Hint = ""


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An external body that gives support; authorities may share one."""

    label: Line
    kind: Literal["schools_company", "joint_venture", "partnership", "teaching_school_hub", "contractor"]
    commissions: bool
    serves: tuple[int, ...]
