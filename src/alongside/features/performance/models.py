"""Tables of performance: uploads, imports, rows left out, figures, benchmarks, inspections, column mappings."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.performance.access_policy import OF_CORE_TEAM, OF_FIGURE, OF_SCHOOL
from alongside.features.performance.statuses import (
    BENCHMARK_PHASES,
    LEVELS,
    OK,
    RELEASES,
    STATUSES,
    WITHOUT_VALUE,
)
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)

ACADEMIC_YEAR = r"academic_year ~ '^\d{4}-\d{2}$'"
VALUE_FITS_STATUS = (
    f"CASE WHEN status = '{OK}' THEN value IS NOT NULL"
    f" WHEN {one_of('status', WITHOUT_VALUE)} THEN value IS NULL ELSE true END"
)


class PerformanceImport(AuthorityOwned, Base):
    """One file of a published table that was imported, known by the hash of its content.

    `academic_year` is the year of the table; its figures may be of earlier years too. `rows_used` counts rows of
    schools with at least one figure, `rows_left_out` those that could not be used.
    """

    __tablename__ = "performance_import"
    __table_args__ = (
        reference("imported_by", "person"),
        CheckConstraint(ACADEMIC_YEAR, name="academic_year"),
        CheckConstraint(one_of("release", RELEASES), name="release"),
        CheckConstraint("char_length(filename) BETWEEN 1 AND 200", name="filename"),
        CheckConstraint("rows_used >= 0 AND rows_left_out >= 0", name="counts"),
        Index(None, "authority_id", "created_at", "id"),
    )

    table_key: Mapped[str]
    academic_year: Mapped[str]
    release: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str] = mapped_column(server_default=text("''"))
    retrieved_on: Mapped[date | None]
    imported_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
    rows_used: Mapped[int]
    rows_left_out: Mapped[int]


class PerformanceUpload(AuthorityOwned, Base):
    """An uploaded file that waits for its preview to be confirmed; `sheet` is emptied when it is used or discarded.

    `academic_year`, `release` and `as_at` are what the person chose, empty where the file says it.
    """

    __tablename__ = "performance_upload"
    __table_args__ = (
        reference("uploaded_by", "person"),
        CheckConstraint("char_length(filename) BETWEEN 1 AND 200", name="filename"),
        CheckConstraint("char_length(source) <= 200", name="source"),
        Index(None, "authority_id", "uploaded_at"),
        {"info": {"second_policy": OF_CORE_TEAM}},
    )

    filename: Mapped[str]
    academic_year: Mapped[str | None]
    release: Mapped[str | None]
    as_at: Mapped[date | None]
    source: Mapped[str] = mapped_column(server_default=text("''"))
    retrieved_on: Mapped[date | None]
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime] = created_at()


class PerformanceImportFault(AuthorityOwned, Base):
    """A row or cell of an imported file that was left out: its line, its column if known, and the reason."""

    __tablename__ = "performance_import_fault"
    __table_args__ = (
        reference("import_id", "performance_import"),
        Index(None, "authority_id", "import_id", "line", "id"),
        {"info": {"second_policy": OF_CORE_TEAM, "append_only": True}},
    )

    import_id: Mapped[UUID]
    line: Mapped[int]
    heading: Mapped[str | None]
    reason: Mapped[str]


class PerformanceFigure(AuthorityOwned, Base):
    """The figure of one school, measure and academic year, as one import gave it.

    `published_urn` is the URN in the file; it differs from `school_urn` for a figure of the school's predecessor.
    `mark` is the published mark where there is no value (“SUPP”). `numerator` and `denominator` are numbers of
    pupils. A live figure has no `superseded_by`; a replaced one names the import that replaced it.
    """

    __tablename__ = "performance_figure"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("import_id", "performance_import"),
        reference("superseded_by", "performance_import"),
        CheckConstraint(ACADEMIC_YEAR, name="academic_year"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint(VALUE_FITS_STATUS, name="value"),
        CheckConstraint("numerator >= 0 AND denominator >= 0", name="counts"),
        CheckConstraint("superseded_by <> import_id", name="superseded_by"),
        Index(
            "uq_performance_figure_live",
            "authority_id",
            "school_urn",
            "academic_year",
            "measure",
            unique=True,
            postgresql_where=text("superseded_by IS NULL"),
        ),
        Index(None, "authority_id", "import_id"),
        {"info": {"second_policy": OF_FIGURE}},
    )

    school_urn: Mapped[int]
    published_urn: Mapped[int]
    measure: Mapped[str]
    academic_year: Mapped[str]
    status: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    mark: Mapped[str | None]
    import_id: Mapped[UUID]
    row_number: Mapped[int]
    superseded_by: Mapped[UUID | None]


class PerformanceBenchmark(AuthorityOwned, Base):
    """A published figure of all schools, or those of one phase, in the country or the authority."""

    __tablename__ = "performance_benchmark"
    __table_args__ = (
        reference("import_id", "performance_import"),
        reference("superseded_by", "performance_import"),
        CheckConstraint(one_of("level", LEVELS), name="level"),
        CheckConstraint(one_of("phase", BENCHMARK_PHASES), name="phase"),
        CheckConstraint(ACADEMIC_YEAR, name="academic_year"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint(VALUE_FITS_STATUS, name="value"),
        CheckConstraint("superseded_by <> import_id", name="superseded_by"),
        Index(
            "uq_performance_benchmark_live",
            "authority_id",
            "academic_year",
            "measure",
            "level",
            "phase",
            unique=True,
            postgresql_where=text("superseded_by IS NULL"),
        ),
        Index(None, "authority_id", "import_id"),
    )

    level: Mapped[str]
    phase: Mapped[str] = mapped_column(server_default=text("'all'"))
    measure: Mapped[str]
    academic_year: Mapped[str]
    status: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    import_id: Mapped[UUID]
    row_number: Mapped[int]
    superseded_by: Mapped[UUID | None]


class InspectionOutcome(AuthorityOwned, Base):
    """The judgement of one evaluation area at one inspection, in the words of its framework.

    No rule converts or adds judgements: frameworks cannot be compared. `published_urn` is the URN in the file. With
    `as_at`, the file did not give the day of the inspection, and `inspected_on` is the day on which the file was made.
    """

    __tablename__ = "inspection_outcome"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("import_id", "performance_import"),
        CheckConstraint("char_length(framework) BETWEEN 1 AND 80", name="framework"),
        CheckConstraint("char_length(area) BETWEEN 1 AND 120", name="area"),
        CheckConstraint("char_length(judgement) BETWEEN 1 AND 120", name="judgement"),
        Index(
            "uq_inspection_outcome",
            "authority_id",
            "school_urn",
            "inspected_on",
            "framework",
            "area",
            unique=True,
        ),
        Index(None, "authority_id", "import_id"),
        {"info": {"second_policy": OF_SCHOOL}},
    )

    school_urn: Mapped[int]
    published_urn: Mapped[int]
    inspected_on: Mapped[date]
    as_at: Mapped[bool] = mapped_column(server_default=text("false"))
    framework: Mapped[str]
    area: Mapped[str]
    judgement: Mapped[str]
    import_id: Mapped[UUID]
    row_number: Mapped[int]


class PerformanceColumn(AuthorityKeyed, Base):
    """What a heading of one of the authority's own spreadsheets holds: a measure, or the URN (`urn`)."""

    __tablename__ = "performance_column"
    __table_args__ = (
        CheckConstraint("char_length(spreadsheet) BETWEEN 1 AND 80", name="spreadsheet"),
        CheckConstraint("char_length(heading) BETWEEN 1 AND 200", name="heading"),
    )

    spreadsheet: Mapped[str] = mapped_column(primary_key=True)
    heading: Mapped[str] = mapped_column(primary_key=True)
    holds: Mapped[str]
