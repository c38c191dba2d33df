"""Draws the kept runs as an SVG for the documentation site: one small chart for each row of the table."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks.results import Run

FILE = Path(__file__).parents[2] / "docs" / "benchmarks" / "trend.svg"
COLUMNS, WIDTH, HEIGHT, GAP = 2, 360, 110, 20
LEFT, TOP = 10, 34
STYLE = (
    "text{font-family:sans-serif;font-size:12px;fill:#0b0c0c}.small{font-size:10px;fill:#505a5f}"
    "polyline{fill:none;stroke:#0b3c49;stroke-width:2}circle{fill:#0b3c49}line{stroke:#b1b4b6}"
)


def drawn(runs: Sequence[Run]) -> str:
    """The SVG: for each row the time of each run in units of work, from zero upwards, oldest on the left."""
    names = [row.name for row in runs[-1].rows if row.units]
    lines = -(-len(names) // COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP), lines * (HEIGHT + GAP) + GAP
    charts = []
    for number, name in enumerate(names):
        left = number % COLUMNS * (WIDTH + GAP) + LEFT
        top = number // COLUMNS * (HEIGHT + GAP) + GAP
        charts.append(f'<g transform="translate({left} {top})">{_chart(name, runs)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Processor time of pages over the kept runs"><style>{STYLE}</style>'
        f"{''.join(charts)}</svg>\n"
    )


def _chart(name: str, runs: Sequence[Run]) -> str:
    points = [(run.commit, row.units) for run in runs if (row := run.row(name)) and row.units]
    most = max(units for _, units in points)
    step = (WIDTH - 2 * GAP) / max(1, len(points) - 1)
    low = HEIGHT - 16
    spots = [(n * step, low - (low - TOP) * units / most) for n, (_, units) in enumerate(points)]
    (first, first_units), (last, last_units) = points[0], points[-1]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in spots)
    change = f"{first_units:.2f} to {last_units:.2f} units ({last_units / first_units - 1:+.0%})"
    return (
        f'<text x="0" y="12">{escape(name)}</text><text x="0" y="26" class="small">{change}</text>'
        f'<line x1="0" y1="{low}" x2="{WIDTH - 2 * GAP}" y2="{low}"/><polyline points="{line}"/>{dots}'
        f'<text x="0" y="{HEIGHT - 2}" class="small">{escape(first)}</text>'
        f'<text x="{WIDTH - 2 * GAP}" y="{HEIGHT - 2}" text-anchor="end" class="small">{escape(last)}</text>'
    )


def draw(runs: Sequence[Run], file: Path = FILE) -> None:
    """Write the SVG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(drawn(runs), encoding="utf-8")
