"""The report of planned successions, for the terminal and the CSV report before an import."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alongside.features.school_successions.queries import Plan

SHOWN = 30
"""Schools shown on a terminal; the file has them all."""

CONFIDENTIAL = "escalations"
"""Kinds left out of the report, because its readers may not see escalations."""

WORDS = {
    "conversion": "carried over to {new}",
    "merger": "posts and agreements carried over to {new}",
    "split": "an administrator chooses the successor",
    "waiting": "waits for its successor to open",
    "closure": "an administrator decides",
}


def print_plans(console: Console, plans: Sequence[Plan]) -> None:
    """Print the planned successions and the decisions for administrators."""
    if not plans:
        return
    table = Table(title="Closed schools that still hold something", title_justify="left")
    table.add_column("School")
    table.add_column("What happens")
    table.add_column("What it holds")
    for plan in plans[:SHOWN]:
        table.add_row(
            f"{plan.old_urn} {escape(plan.old_name)}", escape(outcome(plan)), holdings(plan.holdings)
        )
    console.print(table)
    if len(plans) > SHOWN:
        console.print(f"… and {len(plans) - SHOWN:,} more (--report FILE writes them all)", highlight=False)
    carried = sum(plan.new_urn is not None for plan in plans)
    asked = sum(plan.question is not None for plan in plans)
    console.print(f"{carried:,} carried over, {asked:,} to decide by an administrator.", highlight=False)
    number = sum(plan.holdings.get(CONFIDENTIAL, 0) for plan in plans if plan.new_urn is not None)
    if number:
        console.print(f"Open escalations carried over with them: {number:,}.", highlight=False)


def outcome(plan: Plan) -> str:
    """The outcome for one school as text."""
    words = WORDS[plan.kind].format(new=f"{plan.new_urn} {plan.new_name}")
    if plan.new_urn is not None and plan.question:
        words += "; an administrator decides the rest"
    return words


def holdings(counts: Mapping[str, int]) -> str:
    """The counts of a school's data as text, without escalations."""
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()) if what != CONFIDENTIAL)


def rows_of_plans(plans: Iterable[Plan]) -> Iterator[list[str]]:
    """The rows of the CSV report, in the columns of `schools.report.HEADINGS`."""
    for plan in plans:
        yield [
            outcome(plan).capitalize(),
            str(plan.old_urn),
            plan.old_name,
            str(plan.new_urn or ""),
            "held by the closed school",
            holdings(plan.holdings),
            "",
            "",
            "",
            plan.question or "",
        ]
