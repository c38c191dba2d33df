"""Formats capacity findings for the page: unmet need, effects of more capacity, workload."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.matching.assignments.redaction import Names
from alongside.features.matching.engine.result import Balance, Gap, Plan, RecruitmentEffect, ScarceOffer
from alongside.features.schools.phases import PHASES
from alongside.platform.school_calendar.terms import term_words
from alongside.platform.web.formatting import format_count, format_days

SHADES = 3
OTHERS = "Schools elsewhere, together"
MIN_SCHOOLS_IN_SUM = 3
"""The smallest group of schools that is shown as a sum; fewer would reveal single schools."""


@dataclass(frozen=True, slots=True)
class GapCell:
    """The needs for a theme and phase in one term, how many have no partner, why, and how dark the cell is."""

    needs: int = 0
    nobody: int = 0
    words: str = ""
    shade: int = 0


@dataclass(frozen=True, slots=True)
class GapRow:
    """The needs for a theme and phase, term by term."""

    theme: str
    phase: str
    cells: Sequence[GapCell]


@dataclass(frozen=True, slots=True)
class GapMap:
    """Themes and phases by term: those with unmet need (`short`), largest first, and the others (`met`)."""

    terms: Sequence[str]
    short: Sequence[GapRow]
    met: Sequence[GapRow]


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """What a little more capacity would bring."""

    title: str
    what: str
    brings: str


@dataclass(frozen=True, slots=True)
class MoreDaysAnswer:
    """What more days of one offer would bring, and to which needs; `exact` if both plans are proven."""

    brings: str
    needs: Sequence[str]
    exact: bool


@dataclass(frozen=True, slots=True)
class Load:
    """Half days that a school gives and gets in the plan and gave `lately`; `over` above a full load."""

    name: str
    gives: int
    gets: int
    lately: int | None
    load: int
    over: bool


def gap_map(settings: AuthoritySettings, gaps: Iterable[Gap]) -> GapMap:
    """A table of themes and phases by term: how many needs, and how many without a partner.

    A cell's `shade` is 0 when all needs have a partner, up to 3 when none has.
    """
    cells = {(gap.theme, gap.phase, gap.term): gap for gap in gaps}
    terms = sorted({term for *_, term in cells}, key=lambda term: (term == "", term[:7], _season(term)))
    rows = [
        GapRow(
            theme=label_of(settings.themes, theme),
            phase=PHASES.get(phase, phase),
            cells=[_cell(cells.get((theme, phase, term))) for term in terms],
        )
        for theme, phase in sorted({(theme, phase) for theme, phase, _ in cells})
    ]
    nobody = [sum(cell.nobody for cell in row.cells) for row in rows]
    worst = sorted(range(len(rows)), key=lambda at: -nobody[at])
    return GapMap(
        terms=[term_words(term) if term else "No term named" for term in terms],
        short=[rows[at] for at in worst if nobody[at]],
        met=[rows[at] for at in worst if not nobody[at]],
    )


def _season(term: str) -> int:
    """Sort key: autumn before spring before summer."""
    return ("autumn", "spring", "summer").index(term[8:]) if term[8:] in ("autumn", "spring", "summer") else 9


def _cell(gap: Gap | None) -> GapCell:
    if gap is None:
        return GapCell()
    nobody = gap.without_supply + gap.short_of_days
    said = []
    if gap.without_supply:
        said.append(f"{gap.without_supply} with no offer that suits")
    if gap.short_of_days:
        said.append(f"{gap.short_of_days} because days or money ran out")
    shade = -(-SHADES * nobody // gap.needs)
    return GapCell(gap.needs, nobody, ", ".join(said), shade)


def scarce_lines(scarce: Sequence[ScarceOffer], names: Names) -> list[CapacityLine]:
    """What a little more of each scarce offer would bring, most needs met first."""
    return [
        CapacityLine(
            title=f"If {names.supporting_school(one.offer)} gave {_more(one)}",
            what=names.offer(one.offer),
            brings=brings(one.needs_met, one.points, exact=one.exact),
        )
        for one in scarce
    ]


def recruitment_lines(
    settings: AuthoritySettings, recruits: Sequence[RecruitmentEffect]
) -> list[CapacityLine]:
    """What one more leader for a theme and phase would bring."""
    return [
        CapacityLine(
            title=f"One more leader for {label_of(settings.themes, one.theme)}",
            what=f"{PHASES.get(one.phase, one.phase)}, {format_days(one.half_days / 2)} for two schools",
            brings=brings(one.needs_met, one.points, exact=one.exact),
        )
        for one in recruits
        if one.needs_met or one.points
    ]


def _more(scarce: ScarceOffer) -> str:
    said = []
    if scarce.more_half_days:
        said.append(f"{format_days(scarce.more_half_days / 2)} more")
    if scarce.more_engagements:
        said.append("helped one more school at once")
    return " and ".join(said)


def brings(needs_met: int, points: int, *, exact: bool) -> str:
    """The effect of more capacity: needs met, else points gained; says so if the search stopped early."""
    least = "" if exact else "at least "
    checked = "" if exact else " The search was stopped early, so it may be more."
    if needs_met:
        verb = "is" if needs_met == 1 else "are"
        return f"{least}{format_count(needs_met, 'more need')} {verb} met.{checked}".capitalize()
    if points > 0:
        return f"No more needs are met, but others fit better: {least}{format_count(points, 'point')} more.{checked}"
    return f"Nothing changes.{checked}"


def answered(before: Plan, after: Plan, names: Names) -> MoreDaysAnswer:
    """Compare a plan that was solved again with more days with the stored plan."""
    had, has = ({pair.need for pair in plan.pairs} for plan in (before, after))
    exact = before.status == after.status == "optimal"
    met = sum(tier.served for tier in after.coverage) - sum(tier.served for tier in before.coverage)
    return MoreDaysAnswer(
        brings=brings(max(met, 0), max(after.objective - before.objective, 0), exact=exact),
        needs=[names.need(one) for one in sorted(has - had)] if met > 0 else [],
        exact=exact,
    )


def loads(balance: Iterable[Balance], names: Mapping[int, str], own: frozenset[int] | None) -> list[Load]:
    """Days given now, given lately and received for each school, highest workload first.

    Schools outside `own` are summed in one row; `own` None means every school. The row is left out if it
    would have fewer than three schools.
    """
    rows: list[Load] = []
    others, elsewhere = Counter[str](), 0
    for one in balance:
        lately = one.gave_lately or 0
        if not one.gives + one.gets + lately:
            continue
        if own is None or one.school in own:
            rows.append(
                Load(
                    name=names.get(one.school, str(one.school)),
                    gives=one.gives,
                    gets=one.gets,
                    lately=one.gave_lately,
                    load=one.gives + lately,
                    over=one.over,
                )
            )
        else:
            elsewhere += 1
            others.update(gives=one.gives, gets=one.gets, lately=lately)
    rows.sort(key=lambda row: (-row.load, -row.gets, row.name))
    if elsewhere >= MIN_SCHOOLS_IN_SUM and (others["gives"] or others["gets"]):
        gives, lately = others["gives"], others["lately"]
        rows.append(Load(OTHERS, gives, others["gets"], lately, gives + lately, over=False))
    return rows
