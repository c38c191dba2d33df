"""Successors of closed schools, from the register's links or a kept establishment number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alongside.features.schools.changes import ChangeReport
from alongside.features.schools.gias import Register
from alongside.features.schools.gias_links import Link
from alongside.features.schools.models import OPEN_STATUSES
from alongside.features.schools.record import SchoolFields

Schools = Mapping[int, SchoolFields]
Links = Mapping[int, Iterable[Link]]


@dataclass(frozen=True, slots=True)
class Successors:
    """The successors of a school: open ones, and URNs that are named but not open here yet."""

    open: tuple[int, ...]
    waiting: tuple[int, ...]


class Families:
    """The schools of an authority with their predecessors and successors; `gone` schools count as closed."""

    def __init__(self, schools: Schools, links: Links) -> None:
        self.schools = schools
        self.after: dict[int, set[int]] = defaultdict(set)
        for urn, some in links.items():
            for link in some:
                if link.kind == "successor":
                    self.after[urn].add(link.other_urn)
                elif link.kind == "predecessor":
                    self.after[link.other_urn].add(urn)
        self.by_number: dict[tuple[int | None, int], list[int]] = defaultdict(list)
        for urn, one in schools.items():
            number = one.get("establishment_number")
            if number:
                self.by_number[one["la_code"], number].append(urn)

    def closed(self) -> list[int]:
        """The URNs of the closed schools, in order."""
        return sorted(urn for urn, one in self.schools.items() if one["status"] == "closed")

    def name(self, urn: int) -> str:
        """The name of a school, or its URN where the register does not know it here."""
        return self.schools[urn]["name"] if urn in self.schools else f"URN {urn}"

    def successors(self, urn: int) -> Successors:
        """The successors of a closed school, also through successors that have closed in turn."""
        found: set[int] = set()
        waiting: set[int] = set()
        seen, following = {urn}, self._directly_after(urn)
        while following:
            one = following.pop()
            if one in seen:
                continue
            seen.add(one)
            status = self.schools[one]["status"] if one in self.schools else None
            if status in OPEN_STATUSES:
                found.add(one)
            elif status == "closed":
                following |= self._directly_after(one)
            else:
                waiting.add(one)
        return Successors(tuple(sorted(found)), tuple(sorted(waiting)))

    def _directly_after(self, urn: int) -> set[int]:
        if self.after[urn]:
            return set(self.after[urn])
        one = self.schools[urn]
        number = one.get("establishment_number")
        same = self.by_number[one["la_code"], number] if number else []
        return {other for other in same if other > urn and self.schools[other]["status"] in OPEN_STATUSES}


def families_after(register: Register, report: ChangeReport, known: Schools, links: Links) -> Families:
    """The families as they will be after a register is applied."""
    gone = {change.urn for change in report.changes if change.kind == "gone"}
    schools: dict[int, SchoolFields] = {
        urn: {**one, "status": "closed"} if urn in gone else one for urn, one in known.items()
    }
    for urn, one in register.schools.items():
        schools[urn] = {**known[urn], **one} if urn in known else one
    return Families(schools, {**links, **(register.links or {})})
