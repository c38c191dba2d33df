"""Tables of the escalation report, with the lengths of their bars; small numbers are suppressed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.escalations.models import OUTCOMES, RESULTS
from alongside.features.escalations.reporting.queries import STAGES, ReportedEscalation, school_days_until
from alongside.features.escalations.reporting.suppression import (
    FEW,
    FEWEST,
    WITHHELD,
    shown_counts,
    shown_total,
    typical,
)
from alongside.features.schools.models import PHASES


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its heading, its cells, and the length of its bar (0 to 100; None for no bar)."""

    head: str
    cells: tuple[str, ...]
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One table: caption, column headings, rows, and a note on how to read it."""

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


def report_tables(settings: AuthoritySettings, escalations: Sequence[ReportedEscalation]) -> list[Figures]:
    """The tables of the report: reasons, durations, decisions, results, phases and consortia; empty without
    escalations.
    """
    if not escalations:
        return []
    consortium = settings.words.consortium
    return [
        _counted(
            "Reasons",
            "Reason",
            (label_of(settings.escalation_reasons, c.reason) for c in escalations),
        ),
        _stages(settings.dfe_code, escalations),
        _counted(
            "Decisions",
            "Decision",
            (OUTCOMES[c.outcome] if c.outcome else "Not decided yet" for c in escalations),
        ),
        _counted(
            "Results",
            "Result",
            (RESULTS[c.result] if c.result else "Still open" for c in escalations),
        ),
        _counted("By phase", "Phase", (PHASES[c.phase] for c in escalations)),
        _by_consortium(settings, consortium, escalations),
    ]


def total_of(escalations: Sequence[ReportedEscalation]) -> str:
    """The number of escalations, suppressed if it is small."""
    return shown_total({"all": len(escalations)})


def _counted(caption: str, head: str, values: Iterable[str]) -> Figures:
    counts = dict(sorted(Counter(values).items()))
    shown = shown_counts(counts)
    if set(shown.values()) == {WITHHELD}:
        return Figures(caption, (head, "Escalations"), (Line("Too few to be shown", (shown_total(counts),)),))
    most = max((counts[key] for key, words in shown.items() if words.isdecimal()), default=0)
    lines = [
        Line(key, (words,), round(100 * counts[key] / most) if words.isdecimal() and most else None)
        for key, words in sorted(shown.items(), key=_position)
    ]
    return Figures(caption, (head, "Escalations"), (*lines, Line("Total", (shown_total(counts),))))


def _position(line: tuple[str, str]) -> tuple[int, str]:
    """Sort key of a row: by its number if shown, otherwise by name, because an order could disclose hidden
    numbers.
    """
    key, words = line
    return (-int(words) if words.isdecimal() else 0), key


def _stages(authority_id: int, escalations: Sequence[ReportedEscalation]) -> Figures:
    lines = []
    taken = {stage: school_days_until(escalations, stage) for stage in STAGES}
    medians = {stage: typical(days) for stage, days in taken.items()}
    longest = max((float(words) for words in medians.values() if _is_number(words)), default=0)
    for stage, words in medians.items():
        bar = round(100 * float(words) / longest) if _is_number(words) and longest else None
        lines.append(Line(STAGES[stage], (words,), bar))
    return Figures(
        "How long each stage took",
        ("Stage", "Median school days"),
        tuple(lines),
        "Half of the escalations took less, half took more. Time when the clock was paused is included.",
    )


def _by_consortium(
    settings: AuthoritySettings, word: str, escalations: Sequence[ReportedEscalation]
) -> Figures:
    counts = Counter(one.consortium for one in escalations)
    shown = shown_counts({name: counts[name] for name in sorted(counts)})
    if set(shown.values()) == {WITHHELD}:
        return _counted(f"By {word}", word.capitalize(), (one.consortium for one in escalations))
    late = Counter(dict.fromkeys(counts, 0))
    late.update(one.consortium for one in escalations if one.late)
    lates = shown_counts({name: late[name] for name in sorted(counts)})
    lines = []
    for name, words in shown.items():
        its = [one for one in escalations if one.consortium == name]
        days = typical(school_days_until(its, "closed"))
        suggested = sum(one.late is not None for one in its)
        told_late = lates[name] if suggested >= FEWEST or late[name] == 0 else FEW
        lines.append(Line(name, (words, told_late, days)))
    return Figures(
        f"By {word}",
        (word.capitalize(), "Escalations", "Raised late", "School days to close"),
        tuple(lines),
        f"Raising an escalation is good practice. A {word} is measured by escalations raised late, more than "
        f"{settings.escalation_reminders.flag_late_after} school days after the first signs, "
        "never by their number.",
    )


def _is_number(words: str) -> bool:
    return words.replace(".", "", 1).isdecimal()
