"""Stores an import: one transaction, in which replaced figures stay readable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Integer,
    Numeric,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.importing.plan import ImportPlan, plan_import
from alongside.features.performance.models import (
    InspectionOutcome,
    PerformanceBenchmark,
    PerformanceFigure,
    PerformanceImport,
    PerformanceImportFault,
    PerformanceUpload,
)
from alongside.features.performance.published.content import Table
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.web.formatting import format_count

CHANGED_MEANWHILE = "The figures were changed by another import meanwhile. Upload the file again."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from, and when it was downloaded."""

    source: str = ""
    retrieved_on: date | None = None


FigureRow = tuple[int, int, str, str, str, Decimal | None, int | None, int | None, str | None, int]
"""The values of COLUMNS, in their order."""

COLUMNS = {
    "school_urn": Integer,
    "published_urn": Integer,
    "measure": Text,
    "academic_year": Text,
    "status": Text,
    "value": Numeric,
    "numerator": Integer,
    "denominator": Integer,
    "mark": Text,
    "row_number": Integer,
}

ADD_FIGURES = text(
    """
    INSERT INTO performance_figure (authority_id, import_id, school_urn, published_urn, measure, academic_year, status,
                                    value, numerator, denominator, mark, row_number)
    SELECT :authority_id, :import_id, * FROM unnest(:school_urn, :published_urn, :measure, :academic_year, :status,
                                                    :value, :numerator, :denominator, :mark, :row_number)
    """
).bindparams(
    bindparam("import_id", type_=Uuid),
    *(bindparam(name, type_=ARRAY(kind)) for name, kind in COLUMNS.items()),
)
"""One statement for all figures of a file, because a row each takes ten times as long."""


async def add_figures(
    session: AsyncSession, authority_id: int, import_id: UUID, rows: Sequence[FigureRow]
) -> None:
    """Store figures of an import. The requester must be of the core team or the product itself."""
    if rows:
        columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
        await session.execute(ADD_FIGURES, {"authority_id": authority_id, "import_id": import_id, **columns})


async def apply_import(
    session: AsyncSession,
    person: Principal,
    table: Table,
    schools: Mapping[int, int],
    *,
    origin: Origin | None = None,
    expected: str | None = None,
) -> UUID | None:
    """Store what a file changes; returns the import's id, or None if everything is stored already.

    `expected` is the digest of the plan that was shown. Raises ActionRefused if it is another one by now; nothing is
    written then.
    """
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtext("performance"), person.authority_id))
    )
    plan = await plan_import(session, person, table, schools)
    if expected is not None and plan.digest != expected:
        raise ActionRefused(CHANGED_MEANWHILE)
    if plan.is_empty:
        return None
    import_id = await _write_import(session, person, table, origin or Origin())
    await identify_requester(session, person)
    await _write_figures(session, person.authority_id, import_id, plan)
    await _write_benchmarks(session, person.authority_id, import_id, plan)
    await _write_outcomes(session, person.authority_id, import_id, plan)
    note = (
        f"{table.filename}: {table.label}, {table.academic_year}, {format_count(len(plan.figures), 'figure')}"
    )
    await record_audit(session, person, "import_performance", "performance_import", import_id, note=note)
    return import_id


async def keep_upload(session: AsyncSession, person: Principal, upload: Mapping[str, object]) -> UUID:
    """Keep an uploaded sheet until it is confirmed; returns its id. Sheets of earlier days are emptied."""
    await identify_requester(session, person)
    table = PerformanceUpload
    await session.execute(
        update(table)
        .where(table.authority_id == person.authority_id, table.uploaded_at < func.now() - timedelta(days=1))
        .values(sheet=None),
        execution_options={"synchronize_session": False},
    )
    made = PerformanceUpload(authority_id=person.authority_id, uploaded_by=person.id, **upload)
    session.add(made)
    await session.flush()
    return made.id


async def empty_upload(session: AsyncSession, person: Principal, upload_id: UUID) -> None:
    """Empty an upload that was stored or discarded."""
    await _change_upload(session, person, upload_id, {"sheet": None})


async def choose_year(session: AsyncSession, person: Principal, upload_id: UUID, year: str) -> None:
    """Set the academic year of an upload whose file does not say it."""
    await _change_upload(session, person, upload_id, {"academic_year": year})


async def _change_upload(
    session: AsyncSession, person: Principal, upload_id: UUID, values: Mapping[str, object]
) -> None:
    await identify_requester(session, person)
    table = PerformanceUpload
    await session.execute(
        update(table)
        .where(table.authority_id == person.authority_id, table.id == upload_id)
        .values(**values),
        execution_options={"synchronize_session": False},
    )


async def _write_import(session: AsyncSession, person: Principal, table: Table, origin: Origin) -> UUID:
    made = PerformanceImport(
        authority_id=person.authority_id,
        table_key=table.key,
        academic_year=table.academic_year,
        release=table.release,
        filename=table.filename[:200],
        sha256=table.sha256,
        source=origin.source,
        retrieved_on=origin.retrieved_on,
        imported_by=person.id,
        rows_used=table.rows_used,
        rows_left_out=table.rows_left_out,
    )
    session.add(made)
    await session.flush()
    if table.faults:
        rows = [
            {
                "authority_id": person.authority_id,
                "import_id": made.id,
                "line": fault.line,
                "heading": fault.heading,
                "reason": fault.reason,
            }
            for fault in table.faults
        ]
        await session.execute(insert(PerformanceImportFault), rows)
    return made.id


async def _write_figures(session: AsyncSession, here: int, import_id: UUID, plan: ImportPlan) -> None:
    replaced = [one.replaces.id for one in plan.figures if one.replaces is not None]
    if replaced:
        table = PerformanceFigure
        await session.execute(
            update(table)
            .where(
                table.authority_id == here,
                table.id == any_(bindparam("replaced", replaced, type_=ARRAY(Uuid))),
            )
            .values(superseded_by=import_id),
            execution_options={"synchronize_session": False},
        )
    await add_figures(
        session,
        here,
        import_id,
        [
            (
                one.school_urn,
                one.figure.urn,
                one.figure.measure,
                one.figure.academic_year,
                one.figure.content.status,
                one.figure.content.value,
                one.figure.numerator,
                one.figure.denominator,
                one.figure.content.mark,
                one.figure.line,
            )
            for one in plan.figures
        ],
    )


async def _write_benchmarks(session: AsyncSession, here: int, import_id: UUID, plan: ImportPlan) -> None:
    replaced = [one.replaces.id for one in plan.benchmarks if one.replaces is not None]
    if replaced:
        table = PerformanceBenchmark
        await session.execute(
            update(table)
            .where(
                table.authority_id == here,
                table.id == any_(bindparam("replaced", replaced, type_=ARRAY(Uuid))),
            )
            .values(superseded_by=import_id),
            execution_options={"synchronize_session": False},
        )
    rows = [
        {
            "authority_id": here,
            "level": one.benchmark.level,
            "phase": one.benchmark.phase,
            "measure": one.benchmark.measure,
            "academic_year": one.benchmark.academic_year,
            "status": one.benchmark.content.status,
            "value": one.benchmark.content.value,
            "import_id": import_id,
            "row_number": one.benchmark.line,
        }
        for one in plan.benchmarks
    ]
    if rows:
        await session.execute(insert(PerformanceBenchmark), rows)


async def _write_outcomes(session: AsyncSession, here: int, import_id: UUID, plan: ImportPlan) -> None:
    for one in plan.outcomes:
        if one.replaces is not None:
            await session.execute(
                update(InspectionOutcome)
                .where(InspectionOutcome.authority_id == here, InspectionOutcome.id == one.replaces)
                .values(judgement=one.outcome.judgement, import_id=import_id, row_number=one.outcome.line),
                execution_options={"synchronize_session": False},
            )
    rows = [
        {
            "authority_id": here,
            "school_urn": one.school_urn,
            "published_urn": one.outcome.urn,
            "inspected_on": one.outcome.inspected_on,
            "as_at": one.outcome.as_at,
            "framework": one.outcome.framework,
            "area": one.outcome.area,
            "judgement": one.outcome.judgement,
            "import_id": import_id,
            "row_number": one.outcome.line,
        }
        for one in plan.outcomes
        if one.replaces is None
    ]
    if rows:
        await session.execute(insert(InspectionOutcome), rows)
