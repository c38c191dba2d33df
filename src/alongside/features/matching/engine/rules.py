"""The hard rules, one bit each in a mask for each pair, so that the effect of each rule can be counted.

Calculated in one block for each authority, as needs and offers of different authorities are never matched.
Source: domain.md F3 and ask 6 (conflicts are hard rules), reference on matching §3.1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alongside.features.matching.engine.arrays import (
    FIRST_DAY,
    NO_KEY,
    NO_THEME,
    UNKNOWN_STRENGTH,
    Bools,
    Columns,
    Ints,
)
from alongside.features.matching.engine.rule_labels import RULES, Rule

Masks = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Block:
    """The pairs of one authority: rows are needs, columns are offers, values are masks of broken rules."""

    needs: Ints
    offers: Ints
    masks: Masks


def rule(columns: Columns) -> list[Block]:
    """For each authority, the rules that each pair of need and offer breaks; 0 for a candidate."""
    blocks = [_block(columns, needs, offers) for needs, offers in _authorities(columns)]
    _mark_known(columns, blocks)
    return blocks


def _authorities(columns: Columns) -> Iterator[tuple[Ints, Ints]]:
    """The needs and the offers of each authority that has needs."""
    of_need = columns.schools.authority[columns.needs.school]
    of_offer = columns.schools.authority[columns.offers.school]
    needs, offers = np.argsort(of_need, kind="stable"), np.argsort(of_offer, kind="stable")
    for authority in np.unique(of_need):
        first, last = np.searchsorted(of_need, (authority, authority + 1), sorter=needs)
        begin, end = np.searchsorted(of_offer, (authority, authority + 1), sorter=offers)
        yield needs[first:last], offers[begin:end]


def _block(columns: Columns, needs: Ints, offers: Ints) -> Block:
    masks: Masks = np.zeros((len(needs), len(offers)), dtype=np.uint32)
    for broken, breaks in BROKEN.items():
        masks |= breaks(columns, needs, offers).astype(np.uint32) * np.uint32(broken)
    return Block(needs, offers, masks)


def _own_school(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    same: Bools = columns.needs.school[needs][:, None] == columns.offers.school[offers]
    return same


def _phase(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    return ~columns.offers.phases[offers].T[columns.needs.phase[needs]]


def _strength(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    """The offer lacks the theme, or is weaker than the authority's minimum; unknown strength passes."""
    least = columns.instance.parameters.strength_at_least
    strength = columns.offers.strength[offers]
    weak = (strength == NO_THEME) | ((strength != UNKNOWN_STRENGTH) & (strength < least))
    found: Bools = weak.T[columns.needs.theme[needs]]
    return found


def _suspension(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    return _each(~columns.offers.fit[offers], needs)


def _unconfirmed(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    return _each(~columns.offers.confirmed[offers], needs)


def _same_group(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    return _share_a_key(columns, columns.schools.groups, needs, offers)


def _not_shown(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    """One of the two posts is not visible beyond its consortium, and the schools are in different ones."""
    hidden = ~(columns.needs.shown[needs][:, None] & columns.offers.shown[offers])
    if not hidden.any():
        return hidden
    return hidden & ~_share_a_key(columns, columns.schools.consortia, needs, offers)


def _designation(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    """The offer has none of the required designations, or none that is valid on the first day."""
    wants = columns.needs.wants[needs]
    asks: Bools = np.any(wants, axis=1)
    begins = np.maximum(columns.needs.starts[needs], columns.instance.on.toordinal())
    has = np.zeros((len(needs), len(offers)), dtype=np.bool_)
    for which in range(wants.shape[1]):
        until = columns.offers.holds[offers, which]
        has |= wants[:, which, None] & (until >= begins[:, None]) & (until > FIRST_DAY)
    return asks[:, None] & ~has


def _dates(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    """The two have no day in common, or no term where both name terms; an ended offer never matches."""
    need, offer = columns.needs, columns.offers
    today = columns.instance.on.toordinal()
    begins = np.maximum(need.starts[needs], today)[:, None]
    apart: Bools = (begins > offer.ends[offers]) | (offer.starts[offers] > need.ends[needs][:, None])
    asked, given = need.terms[needs][:, None], offer.terms[offers]
    strangers: Bools = (asked & given == 0) & (asked != 0) & (given != 0)
    return apart | strangers


def _travel(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    """The straight-line distance is above the offer's travel limit; an unknown location passes."""
    schools = columns.schools
    asking, giving = columns.needs.school[needs], columns.offers.school[offers]
    east = schools.east[asking][:, None] - schools.east[giving]
    north = schools.north[asking][:, None] - schools.north[giving]
    far: Bools = east * east + north * north > columns.offers.travel_metres[offers] ** 2
    return far


def _days(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    if columns.instance.parameters.model == "slots":
        return np.zeros((len(needs), len(offers)), dtype=np.bool_)
    short: Bools = columns.needs.half_days[needs][:, None] > columns.offers.half_days[offers]
    return short


def _locations(columns: Columns, needs: Ints, offers: Ints) -> Bools:
    return _each(columns.offers.engagements[offers] < 1, needs)


BROKEN: dict[Rule, Callable[[Columns, Ints, Ints], Bools]] = {
    Rule.OWN_SCHOOL: _own_school,
    Rule.PHASE: _phase,
    Rule.STRENGTH: _strength,
    Rule.SUSPENSION: _suspension,
    Rule.UNCONFIRMED: _unconfirmed,
    Rule.SAME_GROUP: _same_group,
    Rule.NOT_SHOWN: _not_shown,
    Rule.DESIGNATION: _designation,
    Rule.DATES: _dates,
    Rule.TRAVEL: _travel,
    Rule.DAYS: _days,
    Rule.ENGAGEMENTS: _locations,
}
"""The rules that follow from need and offer; `_mark_known` sets those of facts and history."""


def _each(broken: Bools, needs: Ints) -> Bools:
    """Repeat a row for every need."""
    return np.broadcast_to(broken, (len(needs), len(broken)))


def _share_a_key(columns: Columns, keys: Ints, needs: Ints, offers: Ints) -> Bools:
    """Check whether the two schools have one of these keys in common."""
    asking, giving = keys[columns.needs.school[needs]], keys[columns.offers.school[offers]]
    share = np.zeros((len(needs), len(offers)), dtype=np.bool_)
    for one in range(keys.shape[1]):
        for other in range(keys.shape[1]):
            share |= (asking[:, one, None] == giving[:, other]) & (giving[:, other] != NO_KEY)
    return share


def _mark_known(columns: Columns, blocks: list[Block]) -> None:
    """Set the rules that follow from pair facts and pair history."""
    locations = _Locations(columns, blocks)
    for between in columns.instance.between:
        broken = Rule.EXCLUDED if between.what == "excluded" else Rule.INTEREST
        for asking, giving in ((between.school, between.other), (between.other, between.school)):
            if asking in columns.school_at and giving in columns.school_at:
                locations.mark_schools(columns.school_at[asking], columns.school_at[giving], broken)
    for known in columns.instance.known:
        if known.what in ("forbidden", "declined"):
            need, offer = columns.need_at.get(known.need), columns.offer_at.get(known.offer)
            if need is not None and offer is not None:
                locations.mark(need, offer, Rule.FORBIDDEN if known.what == "forbidden" else Rule.DECLINED)


class _Locations:
    """Finds the block position of the pairs of two schools, or of a need and an offer."""

    def __init__(self, columns: Columns, blocks: list[Block]) -> None:
        self._columns, self._blocks = columns, blocks
        self._need_in = np.full(len(columns.needs.school), -1)
        self._need_row, self._offer_column = (
            np.zeros_like(self._need_in),
            np.zeros_like(columns.offers.school),
        )
        self._offer_in = np.full(len(columns.offers.school), -1)
        for at, block in enumerate(blocks):
            self._need_in[block.needs], self._offer_in[block.offers] = at, at
            self._need_row[block.needs] = np.arange(len(block.needs))
            self._offer_column[block.offers] = np.arange(len(block.offers))
        self._needs_of: dict[int, list[int]] = {}
        self._offers_of: dict[int, list[int]] = {}
        for at, school in enumerate(columns.needs.school.tolist()):
            self._needs_of.setdefault(school, []).append(at)
        for at, school in enumerate(columns.offers.school.tolist()):
            self._offers_of.setdefault(school, []).append(at)

    def mark(self, need: int, offer: int, broken: Rule) -> None:
        """Set this rule for a pair; ignores pairs across authorities."""
        block = self._need_in[need]
        if block >= 0 and block == self._offer_in[offer]:
            self._blocks[block].masks[self._need_row[need], self._offer_column[offer]] |= np.uint32(broken)

    def mark_schools(self, asking: int, giving: int, broken: Rule) -> None:
        """Set this rule for every need of one school with every offer of another."""
        for need in self._needs_of.get(asking, ()):
            for offer in self._offers_of.get(giving, ()):
                self.mark(need, offer, broken)


def _rules_of_masks() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each bit mask of broken rules: the first rule in it, and that rule again only if it is the sole one."""
    masks = np.arange(1 << len(RULES), dtype=np.uint32)
    first = np.full(len(masks), len(RULES), dtype=np.uint8)
    for rule in reversed(range(len(RULES))):
        first[(masks >> np.uint32(rule)) & np.uint32(1) == 1] = rule
    sole = np.where(masks & (masks - np.uint32(1)) == 0, first, len(RULES)).astype(np.uint8)
    return first, sole


FIRST_BIT, ONLY_BIT = _rules_of_masks()


def counted(columns: Columns, blocks: list[Block]) -> tuple[Ints, Ints]:
    """For each need and rule: offers it ruled out first, and offers that only it rules out.

    The last column of the first array counts the candidates, so that each row adds up to all offers.
    """
    width = len(RULES) + 1
    shape = (len(columns.needs.school), width)
    first, alone = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for block in blocks:
        rows = (np.arange(len(block.needs)) * width)[:, None]
        for counts, table in ((first, FIRST_BIT), (alone, ONLY_BIT)):
            found = np.bincount((rows + table[block.masks]).ravel(), minlength=len(block.needs) * width)
            counts[block.needs] = found.reshape(len(block.needs), width)
    return first, alone[:, :-1]
