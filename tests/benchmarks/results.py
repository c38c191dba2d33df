"""The result of a run: kept as JSON, and compared with an earlier one."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import msgspec

KEPT = Path(__file__).parent / "results"
LEAST_NOISE = 0.05
"""Differences below this share are never reported, however quiet the machine was."""


class Row(msgspec.Struct):
    """One line of the table. Times are processor milliseconds of one request, as medians of the rounds.

    `share` is what pgbench needs for the same statements divided by what we need; `growth` what we need with 152
    authorities (or 100,000 entries) divided by what we need with one (or 1,000). `units` is our time in units of work
    (`processor.unit_of_work`), which can be compared between machines, and `noise` half its interquartile range as a
    share of it.
    """

    name: str
    web: float | None = None
    database: float | None = None
    pgbench: float | None = None
    share: float | None = None
    growth: float | None = None
    statements: int | None = None
    size: int | None = None
    units: float | None = None
    noise: float = 0.0
    note: str = ""


class Run(msgspec.Struct):
    """One run of the benchmarks."""

    commit: str
    date: str
    cores: int
    python: str
    quick: bool
    rows: list[Row]
    figures: dict[str, float | None]
    """Other figures by name: ratios to peers, megabytes, seconds."""

    def row(self, name: str) -> Row | None:
        """The row of this name."""
        return next((one for one in self.rows if one.name == name), None)


def run_of_today(rows: list[Row], figures: dict[str, float | None], *, quick: bool) -> Run:
    """A run on this machine and commit."""
    return Run(
        commit=_commit(),
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        quick=quick,
        rows=rows,
        figures=figures,
    )


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"


def middle(values: Sequence[float]) -> float:
    """The median."""
    return median(values)


def spread(values: Sequence[float]) -> float:
    """Half of the interquartile range as a share of the median."""
    if len(values) < 3:
        return 0.0
    low, mid, high = quantiles(values, n=4)
    return (high - low) / 2 / mid if mid else 0.0


def keep(run: Run, folder: Path = KEPT) -> Path:
    """Write a run to a file named by its date and commit."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{run.date.replace(' ', 'T').replace(':', '')}-{run.commit}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")
    return file


def kept(folder: Path = KEPT) -> list[Run]:
    """All kept runs, oldest first."""
    return [msgspec.json.decode(file.read_bytes(), type=Run) for file in sorted(folder.glob("*.json"))]


def slower(now: Run, before: Run) -> list[str]:
    """What needs more processor time than before, by more than the noise of both runs: one line each."""
    found = []
    for row in now.rows:
        old = before.row(row.name)
        if old is None or not old.units or not row.units:
            continue
        change = row.units / old.units - 1
        if change > max(LEAST_NOISE, row.noise + old.noise):
            found.append(f"{row.name}: {change:+.0%} (noise {row.noise:.0%} and {old.noise:.0%})")
    return found


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def table(run: Run) -> str:
    """The run as a table of plain text."""
    wide = max(len(row.name) for row in run.rows)
    lines = [
        f"{run.commit}, {run.date}, {run.cores} cores, Python {run.python}{', quick' if run.quick else ''}",
        "Processor ms of one request, medians. Share: pgbench with the same statements against ours.",
        f"{'':{wide}}     web    db  pgbench  share  growth  statements     kB  noise",
    ]
    for row in run.rows:
        size = None if row.size is None else row.size / 1000
        lines.append(
            f"{row.name:{wide}} {_number(row.web, '7.2f')} {_number(row.database, '5.2f'):>5}"
            f" {_number(row.pgbench, '8.2f'):>8} {_number(row.share, '6.1%'):>6} {_number(row.growth, '7.2f'):>7}"
            f" {_number(row.statements, '11d'):>11} {_number(size, '6.1f'):>6} {row.noise:6.1%}"
            f"{'  ' + row.note if row.note else ''}"
        )
    lines += [f"{name}: {_figure(value)}" for name, value in run.figures.items()]
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,.4g}"
