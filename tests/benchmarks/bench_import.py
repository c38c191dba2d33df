"""Benchmark of a national register import for one authority, compared with COPY of the same file.

Run `python -m tests.benchmarks.bench_import`.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg

from alongside.features.schools.actions import apply_register
from alongside.features.schools.changes import compare
from alongside.features.schools.gias import read_register
from alongside.features.schools.queries import known_links, known_schools
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.benchmarks.national_register import headings, write_national_register
from tests.databases import (
    copy_of_template,
    current_database_server,
    drop,
    make_known,
    open_database,
    start_database_server,
)
from tests.personas import NORTHSHIRE

ROUNDS = 5


@dataclass(frozen=True)
class Outcome:
    """Medians in seconds, and the number of imported schools."""

    megabytes: float
    rows: int
    schools: int
    imported: float
    copied: float

    @property
    def ratio(self) -> float:
        """The time of the import divided by the time of COPY."""
        return self.imported / self.copied

    def __str__(self) -> str:
        """The text that `make bench` prints."""
        return (
            f"import of a national register, {self.megabytes:.0f} MB, {self.rows:,} rows: "
            f"{self.imported:.2f} s for one authority of {self.schools} schools; "
            f"COPY of the file: {self.copied:.2f} s; ratio {self.ratio:.2f}"
        )


async def import_once(database: Database, file: Path) -> int:
    """Do what `alongside schools import --yes` does, without starting a process."""
    register = read_register(file, NORTHSHIRE)
    async with database.transaction(NORTHSHIRE) as session:
        known = await known_schools(session, NORTHSHIRE)
        report = compare(register, known, await known_links(session, NORTHSHIRE))
        await apply_register(session, system(NORTHSHIRE, date(2026, 9, 1)), register, report, fewer=True)
    return len(register.schools)


async def copy_once(connection: asyncpg.Connection, file: Path) -> None:
    """COPY the whole file into a plain table of text."""
    await connection.execute("DROP TABLE IF EXISTS plain")
    columns = ", ".join(f'"{heading}" text' for heading in headings())
    await connection.execute(f"CREATE TABLE plain ({columns})")
    await connection.copy_to_table("plain", source=file, format="csv", header=True, encoding="WIN1252")


async def measure(rounds: int = ROUNDS) -> Outcome:
    """Alternate both, each on a database of its own, so that other load affects them equally."""
    database_server = current_database_server()
    imported, copied, schools = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "edubasealldata20250901.csv"
        rows = write_national_register(file)
        for _ in range(rounds):
            copy = await copy_of_template(database_server)
            database, connection = open_database(copy), await asyncpg.connect(copy.superuser_url)
            began = time.perf_counter()
            schools = await import_once(database, file)
            imported.append(time.perf_counter() - began)
            began = time.perf_counter()
            await copy_once(connection, file)
            copied.append(time.perf_counter() - began)
            await database.close()
            await connection.close()
            await drop(database_server, copy)
        size = file.stat().st_size / 1e6
    return Outcome(size, rows, schools, statistics.median(imported), statistics.median(copied))


if __name__ == "__main__":
    for slug in ("northshire", "southshire"):
        make_known(slug)
    server = start_database_server()
    try:
        print(asyncio.run(measure()))
    finally:
        server.stop()
