"""Queries for labels. Each sets the requester first: without one, no label is visible."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.setting_types import SchoolLabelEntry
from alongside.features.authorities.settings import label_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.web.paging import PAGE_SIZE

AUTHORITY = bindparam("authority_id", type_=Integer)
EVERY_ROW = 100_000


class LabelRow(msgspec.Struct, frozen=True):
    """A label of a school; a rejected one ends on its first day."""

    id: UUID
    authority_id: int
    school_urn: int
    school: str
    label: str
    starts_on: date
    ends_on: date | None
    rule_version: str
    source: str
    end_reason: str

    @property
    def name(self) -> str:
        """The words of the label."""
        return label_of(settings_of(self.authority_id).school_labels, self.label)

    @property
    def rule(self) -> str:
        """The rule of the label with its version."""
        entry = settings_of(self.authority_id).school_labels.get(self.label)
        return f"{entry.rule}, {self.rule_version}" if entry else self.rule_version

    @property
    def rejected(self) -> bool:
        """Whether the school never had the label."""
        return self.ends_on == self.starts_on


class ImpliedBy(msgspec.Struct, frozen=True):
    """A judgement of a school's latest inspection, with the labels that the school had since that day."""

    school_urn: int
    school: str
    inspected_on: date
    area: str
    judgement: str
    labels: list[str]


class ProposedLabel(msgspec.Struct, frozen=True):
    """A label that the latest inspection of a school implies and nobody has recorded or rejected."""

    school_urn: int
    school: str
    label: str
    name: str
    inspected_on: date
    source: str


_SHOWN = """
    SELECT l.id, l.authority_id, l.school_urn, s.name, l.label, l.starts_on, l.ends_on, l.rule_version, l.source,
           l.end_reason
      FROM school_label l
      JOIN school s ON s.authority_id = :authority_id AND s.urn = l.school_urn
     WHERE l.authority_id = :authority_id"""
ONE = Read(
    text(f"{_SHOWN} AND l.id = :label_id").bindparams(AUTHORITY, bindparam("label_id", type_=Uuid)), LabelRow
)
OF_SCHOOL = Read(
    text(
        f"{_SHOWN} AND l.school_urn = :urn ORDER BY l.ends_on DESC, l.starts_on DESC, l.id LIMIT 50"
    ).bindparams(AUTHORITY, bindparam("urn", type_=Integer)),
    LabelRow,
)
LIST = Read(
    text(
        f"""{_SHOWN} AND (:label = '' OR l.label = :label) AND (:ended OR l.ends_on IS NULL)
     ORDER BY s.name, s.urn, l.starts_on DESC, l.label, l.id LIMIT :most OFFSET :skipped"""
    ).bindparams(
        AUTHORITY,
        bindparam("label", type_=Text),
        bindparam("ended", type_=Boolean),
        bindparam("most", type_=Integer),
        bindparam("skipped", type_=Integer),
    ),
    LabelRow,
)
IMPLIED = Read(
    text(
        """
    SELECT o.school_urn, s.name, o.inspected_on, o.area, o.judgement,
           ARRAY(SELECT l.label FROM school_label l WHERE l.authority_id = :authority_id
              AND l.school_urn = o.school_urn AND coalesce(l.ends_on, 'infinity') >= o.inspected_on)
      FROM inspection_outcome o
      JOIN school s ON s.authority_id = :authority_id AND s.urn = o.school_urn AND s.status = ANY (:open)
     WHERE o.authority_id = :authority_id AND lower(o.judgement) = ANY (:judgements)
       AND o.inspected_on = (SELECT max(n.inspected_on) FROM inspection_outcome n
           WHERE n.authority_id = :authority_id AND n.school_urn = o.school_urn)
       AND NOT EXISTS (SELECT FROM school_label l WHERE l.authority_id = :authority_id
           AND l.school_urn = o.school_urn AND l.label = ANY (:implied) AND l.starts_on >= o.inspected_on)
     ORDER BY s.name, s.urn, o.row_number, o.area, o.id LIMIT 500
    """
    ).bindparams(
        AUTHORITY,
        bindparam("open", type_=ARRAY(Text)),
        bindparam("judgements", type_=ARRAY(Text)),
        bindparam("implied", type_=ARRAY(Text)),
    ),
    ImpliedBy,
)


async def get_label(
    session: AsyncSession, person: Principal, permission: Permission, label_id: UUID
) -> LabelRow:
    """Return a label on which this person may act. Raises NotFound."""
    await identify_requester(session, person)
    found = await fetch_one(session, ONE, {"authority_id": person.authority_id, "label_id": label_id})
    if found is None or not may(person, permission, found.school_urn):
        raise NotFound
    return found


async def labels_of_school(session: AsyncSession, person: Principal, urn: int) -> list[LabelRow]:
    """Return the labels of a school that this person may read, those in force first."""
    await identify_requester(session, person)
    found = await fetch_all(session, OF_SCHOOL, {"authority_id": person.authority_id, "urn": urn})
    return [one for one in found if not one.rejected]


async def labels_for(
    session: AsyncSession, person: Principal, label: str, ended: bool, number: int
) -> tuple[list[LabelRow], bool]:
    """Return one page of the labels that this person may read, and whether there are more."""
    await identify_requester(session, person)
    values = {"label": label, "ended": ended, "most": PAGE_SIZE + 1, "skipped": (number - 1) * PAGE_SIZE}
    found = await fetch_all(session, LIST, {"authority_id": person.authority_id, **values})
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


async def every_label(session: AsyncSession, person: Principal) -> list[LabelRow]:
    """Return all labels that this person may read, also those that ended."""
    await identify_requester(session, person)
    values = {"label": "", "ended": True, "most": EVERY_ROW, "skipped": 0}
    return await fetch_all(session, LIST, {"authority_id": person.authority_id, **values})


async def proposed_labels(session: AsyncSession, person: Principal) -> list[ProposedLabel]:
    """Return the labels that the latest inspections imply and that nobody has recorded or rejected."""
    entries = settings_of(person.authority_id).school_labels
    implying = {key: one for key, one in entries.items() if one.implied_by and not one.retired}
    await identify_requester(session, person)
    outcomes = await fetch_all(
        session,
        IMPLIED,
        {
            "authority_id": person.authority_id,
            "open": list(OPEN_STATUSES),
            "judgements": [by.judgement.lower() for one in implying.values() for by in one.implied_by],
            "implied": list(implying),
        },
    )
    by_school: dict[int, list[ImpliedBy]] = {}
    for one in outcomes:
        by_school.setdefault(one.school_urn, []).append(one)
    proposals = [_proposal(implying, of_school) for of_school in by_school.values()]
    return [one for one in proposals if one is not None]


def _proposal(entries: Mapping[str, SchoolLabelEntry], outcomes: list[ImpliedBy]) -> ProposedLabel | None:
    """Return the first label of the list that the judgements of one inspection imply; None if the school has it."""
    for key, entry in entries.items():
        wanted = {(by.area.lower(), by.judgement.lower()) for by in entry.implied_by}
        found = [one for one in outcomes if (one.area.lower(), one.judgement.lower()) in wanted]
        if found and key in found[0].labels:
            return None
        if found:
            judged = "; ".join(f"{one.area}: {one.judgement}" for one in found)
            first = found[0]
            return ProposedLabel(
                first.school_urn,
                first.school,
                key,
                entry.label,
                first.inspected_on,
                f"Inspection. {judged}"[:200],
            )
    return None
