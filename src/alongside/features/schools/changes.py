"""Compare a new register with the stored schools, before anything is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alongside.errors import ActionRefused
from alongside.features.schools.gias import Register
from alongside.features.schools.gias_links import Link
from alongside.features.schools.history import CHANGE_KINDS
from alongside.features.schools.models import OPEN_STATUSES
from alongside.features.schools.record import SchoolFields

Known = Mapping[int, SchoolFields]
"""The stored schools: URN → fields."""

Links = Mapping[int, Iterable[Link]]
DERIVED = frozenset({"kind", "latitude", "longitude"})
FEWEST_MISSING, SHARE_MISSING = 2, 0.1
"""Limits of missing open schools above which a file is regarded as truncated."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one school: `other_urn` is its predecessor or successor; `field` is set for changed details."""

    urn: int
    name: str
    kind: str
    other_urn: int | None = None
    field: str | None = None
    old: str | None = None
    new: str | None = None


@dataclass(slots=True)
class ChangeReport:
    """All changes of a register, in the order of CHANGE_KINDS, then of URN.

    `unchanged` counts schools that stay as they are; `missing` are open schools the file no longer lists. They are
    closed, unless an unreadable row may be one of them (`missing_stay_open`).
    """

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    known_open: int = 0
    missing: list[int] = field(default_factory=list)
    missing_stay_open: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """The number of schools per kind of change, in the order of CHANGE_KINDS, zeros included."""
        found = Counter(kind for kind, _ in {(change.kind, change.urn) for change in self.changes})
        return {kind: found[kind] for kind in CHANGE_KINDS}

    @property
    def looks_cut_off(self) -> bool:
        """Whether so many known schools are missing that the file is probably truncated."""
        return len(self.missing) > max(FEWEST_MISSING, self.known_open * SHARE_MISSING)


def compare(register: Register, known: Known, known_links: Links) -> ChangeReport:
    """Compare a register with the known schools and return the changes."""
    report = ChangeReport(known_open=sum(1 for one in known.values() if _is_here(one)))
    family = _Family(register, known, known_links)
    for urn, new in register.schools.items():
        old = known.get(urn)
        changes = list(_headline(urn, new, old, family))
        if old is not None:
            changes += _details(urn, new, old, register)
            changes += _changed_links(urn, new, register, known_links)
        report.changes += changes
        report.unchanged += not changes
    # A row without a readable URN may be a missing school, so missing schools stay as they are.
    told_apart = all(fault.urn is not None for fault in register.faults)
    for urn, old in known.items():
        if urn in register.schools or urn in register.unreadable or old["gone_since"] is not None:
            continue
        if old["status"] in OPEN_STATUSES:
            report.missing.append(urn)
        if told_apart:
            report.changes.append(Change(urn, old["name"], "gone"))
    report.missing_stay_open = bool(report.missing) and not told_apart
    order = list(CHANGE_KINDS)
    report.changes.sort(key=lambda change: (order.index(change.kind), change.urn, change.field or ""))
    return report


def refuse_cut_off(register: Register, report: ChangeReport) -> None:
    """Raise ActionRefused for a file that lacks too many of the known open schools."""
    if report.looks_cut_off:
        raise ActionRefused(
            f"{register.file_name} lacks {len(report.missing)} of {report.known_open} open schools. It may "
            "have been cut off: download it again. If they really went, add --fewer. Nothing was changed."
        )


def _is_here(school: SchoolFields) -> bool:
    return school["gone_since"] is None and school["status"] in OPEN_STATUSES


class _Family:
    """Predecessors and successors, by the links of both sides and by kept establishment numbers."""

    def __init__(self, register: Register, known: Known, known_links: Links) -> None:
        self.first = not known
        self.schools: dict[int, SchoolFields] = {**known, **register.schools}
        self.before: dict[int, set[int]] = defaultdict(set)
        self.after: dict[int, set[int]] = defaultdict(set)
        self.merging: set[int] = set()
        for links in (known_links, register.links or {}):
            for urn, some in links.items():
                for link in some:
                    self._add(urn, link)
        self.closed_by_number: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
        for urn, one in self.schools.items():
            if one["status"] == "closed" and one.get("establishment_number"):
                self.closed_by_number[one["la_code"], one["establishment_number"]].append(urn)

    def _add(self, urn: int, link: Link) -> None:
        old, new = (link.other_urn, urn) if link.kind == "predecessor" else (urn, link.other_urn)
        if link.kind != "other":
            self.before[new].add(old)
            self.after[old].add(new)
            if "amalgam" in link.link_type.lower() or "merge" in link.link_type.lower():
                self.merging.add(old)

    def predecessors(self, urn: int) -> list[int]:
        """The predecessors of a school, by link, else by its establishment number."""
        if self.before[urn]:
            return sorted(self.before[urn])
        one = self.schools[urn]
        return sorted(
            set(self.closed_by_number[one["la_code"], one.get("establishment_number") or -1]) - {urn}
        )

    def successor(self, urn: int) -> int | None:
        """The successor of a school; the latest if there are several."""
        if self.after[urn]:
            return max(self.after[urn])
        one = self.schools[urn]
        number = (one["la_code"], one.get("establishment_number"))
        heirs = [
            other
            for other, its in self.schools.items()
            if other > urn
            and number[1]
            and its["status"] in OPEN_STATUSES
            and (its["la_code"], its.get("establishment_number")) == number
        ]
        return max(heirs, default=None)

    def merged(self, urn: int, new: SchoolFields) -> bool:
        """Whether a closed school merged with others into its successor."""
        reason = (new.get("reason_closed") or "").lower()
        heir = self.successor(urn)
        several = heir is not None and len(self.before[heir]) > 1
        return urn in self.merging or "amalgam" in reason or "merge" in reason or several


def _headline(urn: int, new: SchoolFields, old: SchoolFields | None, family: _Family) -> Iterable[Change]:
    """The main change of a school for the report; None if only details changed."""
    name = new["name"]
    if old is None:
        if family.first or new["status"] == "closed":
            yield Change(urn, name, "added")
            return
        before = [one for one in family.predecessors(urn) if one in family.schools]
        kind = "converted" if len(before) == 1 and _is_academy(new) else "opened"
        yield Change(urn, name, kind, before[0] if len(before) == 1 else None)
        return
    if old["gone_since"] is not None:
        yield Change(urn, name, "back")
        return
    if old["status"] == new["status"]:
        return
    if new["status"] == "closed":
        yield Change(urn, name, "merged" if family.merged(urn, new) else "closed", family.successor(urn))
    elif old["status"] == "closed":
        yield Change(urn, name, "reopened")
    elif old["status"] == "proposed":
        yield Change(urn, name, "opened")


def _is_academy(school: SchoolFields) -> bool:
    described = f"{school.get('type_group')} {school.get('type')} {school.get('reason_opened')}".lower()
    return "academ" in described or "free school" in described


def _details(urn: int, new: SchoolFields, old: SchoolFields, register: Register) -> Iterable[Change]:
    for name in sorted(register.fields | (DERIVED & new.keys())):
        before, after = old.get(name), new.get(name)
        if after != before:
            yield Change(urn, new["name"], "changed", field=name, old=_as_text(before), new=_as_text(after))


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _changed_links(urn: int, new: SchoolFields, register: Register, known_links: Links) -> Iterable[Change]:
    if register.links is None:
        return
    before, after = _links_label(known_links.get(urn, ())), _links_label(register.links.get(urn, ()))
    if before != after:
        yield Change(urn, new["name"], "changed", field="links", old=before, new=after)


def _links_label(links: Iterable[Link]) -> str | None:
    return "; ".join(sorted({f"{link.other_urn} {link.link_type}" for link in links})) or None
