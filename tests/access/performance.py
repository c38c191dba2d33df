"""An import of a published table with one figure, and an upload that waits for its confirmation."""

from typing import Any

import asyncpg

from alongside.features.performance.importing.preview import packed
from alongside.features.performance.published.sheets import read_sheet


async def performance_of_everything(
    connection: asyncpg.Connection, inside: dict[str, Any], urn: int
) -> dict[str, Any]:
    """Insert an import with a figure of a school, and an upload that waits for its confirmation."""
    of_file = {"filename": "ks2final_2024-25.csv", "academic_year": "2024-25", "release": "final"}
    import_id = await _put(
        connection,
        "performance_import",
        **inside,
        **of_file,
        table_key="ks2",
        sha256="0" * 64,
        rows_used=1,
        rows_left_out=0,
    )
    of_import = {**inside, "import_id": import_id}
    await _put(
        connection,
        "performance_figure",
        **of_import,
        school_urn=urn,
        published_urn=urn,
        measure="ks2_expected",
        academic_year="2024-25",
        status="ok",
        value=60,
        row_number=2,
    )
    table = f"RECTYPE,LEA,URN,PTRWM_EXP\n1,{inside['authority_id']},{urn},61%\n".encode()
    sheet = packed(read_sheet("ks2final_2024-25.csv", table))
    return {
        "import_id": import_id,
        "upload_id": await _put(connection, "performance_upload", **inside, **of_file, sheet=sheet),
    }


async def _put(connection: asyncpg.Connection, table: str, **row: Any) -> Any:
    marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    return await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
