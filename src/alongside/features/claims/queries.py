"""Queries for claims, their lines, and the visits that a school can claim."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.claims.row import (
    AgreementToClaim,
    ClaimLineRow,
    ClaimRow,
    ExportedLine,
    VisitToClaim,
)
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, fetch_all, fetch_one

ON_A_PAGE = 25
TABS = {
    "submitted": ("Waiting for approval", ("submitted",)),
    "approved": ("Waiting for payment", ("approved",)),
    "ended": ("Ended", ("paid", "returned", "withdrawn", "credited")),
}
"""The lists of claims: label and states of each."""


def _as_it_is(found: UUID) -> UUID:
    return found


_PARAMETERS = (
    bindparam("today", type_=Date),
    bindparam("person_id", type_=Uuid(as_uuid=True)),
)
_CLAIM = """
    SELECT c.authority_id, c.id, c.agreement_id, c.state, c.version, c.days, c.pence, c.invoice_number, c.claimed_by,
           c.claimed_at, c.decided_at, c.returned_because, c.paid_on, c.payment_reference, c.credited_because,
           c.credited_at, p.requesting_urn, p.supporting_urn, asking.name, giving.name, claimant.name, officer.name,
           crediting.name,
           EXISTS (SELECT FROM interests_of(:authority_id, :person_id, :today) urn
                    WHERE urn IN (p.requesting_urn, p.supporting_urn)),
           EXISTS (SELECT FROM ledger_commitment held
                    WHERE held.authority_id = :authority_id AND held.decision_id = c.agreement_id
                      AND held.person_id = :person_id)
      FROM claim c
      JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = c.agreement_id
      JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
      JOIN school giving ON giving.authority_id = :authority_id AND giving.urn = p.supporting_urn
      LEFT JOIN person claimant ON claimant.authority_id = :authority_id AND claimant.id = c.claimed_by
      LEFT JOIN person officer ON officer.authority_id = :authority_id AND officer.id = c.decided_by
      LEFT JOIN person crediting ON crediting.authority_id = :authority_id AND crediting.id = c.credited_by
     WHERE c.authority_id = :authority_id
"""
ONE = Read(
    text(f"{_CLAIM} AND c.id = :claim_id").bindparams(*_PARAMETERS, bindparam("claim_id", type_=Uuid)),
    ClaimRow,
)
_WITHIN = """
    (CAST(:urns AS integer[]) IS NULL OR p.supporting_urn = ANY (CAST(:urns AS integer[])))
    AND c.state = ANY (CAST(:states AS text[]))
"""
_LISTED = (
    *_PARAMETERS,
    bindparam("urns", type_=ARRAY(Integer)),
    bindparam("states", type_=ARRAY(Text)),
)
PAGE = Read(
    text(
        f"{_CLAIM} AND {_WITHIN} ORDER BY c.claimed_at DESC, c.id DESC"
        " LIMIT CAST(:size AS integer) OFFSET CAST(:skipped AS integer)"
    ).bindparams(*_LISTED),
    ClaimRow,
)
LINES = Read(
    text(
        """
        SELECT l.visit_on, v.focus, l.days, l.pence_per_day, l.pence, f.label, f.financial_year, visit_is_confirmed(v)
          FROM claim_line l
          JOIN visit v ON v.authority_id = :authority_id AND v.id = l.visit_id
          JOIN fund f ON f.authority_id = :authority_id AND f.id = l.fund_id
         WHERE l.authority_id = :authority_id AND l.claim_id = :claim_id ORDER BY l.visit_on, l.visit_id
        """
    ),
    ClaimLineRow,
)
_UNCLAIMED = """
    FROM visit v
    JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
    JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
    LEFT JOIN LATERAL (
        SELECT fc.pence_per_day FROM fund_commitment fc
          JOIN fund f ON f.authority_id = :authority_id AND f.id = fc.fund_id
                     AND f.financial_year = financial_year(v.visit_on)
         WHERE fc.authority_id = :authority_id AND fc.subject_id = v.agreement_id
           AND NOT EXISTS (SELECT FROM ledger_resolution r
                            WHERE r.authority_id = :authority_id AND r.commitment_id = fc.commitment_id)
         LIMIT 1) paid ON true
   WHERE v.authority_id = :authority_id AND v.state = 'recorded'
     AND NOT EXISTS (SELECT FROM claim_line l
                      WHERE l.authority_id = :authority_id AND l.visit_id = v.id AND l.counts)
"""
VISITS = Read(
    text(
        "SELECT v.id, v.visit_on, v.focus, v.days, visit_is_confirmed(v), floor(v.days * paid.pence_per_day)::bigint"
        f" {_UNCLAIMED} AND v.agreement_id = :agreement_id ORDER BY v.visit_on, v.id"
    ),
    VisitToClaim,
)
READY_SQL = f"""
    SELECT p.id, asking.name AS requesting_name, count(*) AS visits, sum(v.days) AS days,
           sum(floor(v.days * paid.pence_per_day))::bigint AS pence
    {_UNCLAIMED} AND visit_is_confirmed(v) AND paid.pence_per_day IS NOT NULL AND p.supporting_urn = :urn
    GROUP BY p.id, asking.name
"""
READY = Read(
    text(f"{READY_SQL} ORDER BY min(v.visit_on), p.id LIMIT 50").bindparams(bindparam("urn", type_=Integer)),
    AgreementToClaim,
)
EXPORT = Read(
    text(
        f"""
        SELECT c.id, c.state, giving.name, giving.urn, asking.name, c.invoice_number, l.visit_on, l.days,
               l.pence_per_day, l.pence, f.label, f.financial_year, f.section_251_line, c.claimed_at, c.decided_at,
               c.paid_on, c.payment_reference
          FROM claim c
          JOIN claim_line l ON l.authority_id = :authority_id AND l.claim_id = c.id
          JOIN fund f ON f.authority_id = :authority_id AND f.id = l.fund_id
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = c.agreement_id
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
          JOIN school giving ON giving.authority_id = :authority_id AND giving.urn = p.supporting_urn
         WHERE c.authority_id = :authority_id AND {_WITHIN}
         ORDER BY c.claimed_at, c.id, l.visit_on, l.visit_id
        """  # noqa: S608  (only our own SQL is put in)
    ).bindparams(*_LISTED[2:]),
    ExportedLine,
)
OFFICERS = Read(
    text(
        """
        SELECT DISTINCT a.person_id FROM role_assignment a
         WHERE a.authority_id = :authority_id AND a.role IN ('core_officer', 'head_of_service')
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
        """
    ).bindparams(bindparam("today", type_=Date)),
    _as_it_is,
)


async def get_claim(
    session: AsyncSession, person: Principal, permission: Permission, claim_id: UUID
) -> ClaimRow:
    """One claim. Raises NotFound unless the person has `permission` for it."""
    values = {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "today": person.today,
        "claim_id": claim_id,
    }
    row = await fetch_one(session, ONE, values)
    if row is None:
        raise NotFound
    require_on(person, permission, row, row.interests)
    return row


def _listed(person: Principal, tab: str | None) -> dict[str, object]:
    within = schools_within(person, Permission.VIEW_CLAIM)
    chosen = [tab] if tab else list(TABS)
    return {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "today": person.today,
        "urns": None if within is None else sorted(within),
        "states": [state for one in chosen for state in TABS[one][1]],
    }


async def claims_of(
    session: AsyncSession, person: Principal, tab: str, number: int
) -> tuple[list[ClaimRow], bool]:
    """One page of the claims in the person's scope, newest first, and whether there are more."""
    values = _listed(person, tab) | {"size": ON_A_PAGE + 1, "skipped": (number - 1) * ON_A_PAGE}
    found = await fetch_all(session, PAGE, values)
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


async def lines_to_export(session: AsyncSession, person: Principal, tab: str | None) -> list[ExportedLine]:
    """All lines of the claims in the person's scope, oldest claim first."""
    return await fetch_all(session, EXPORT, _listed(person, tab))


async def lines_of(session: AsyncSession, claim: ClaimRow) -> list[ClaimLineRow]:
    """The lines of a claim, by the day of the visit."""
    return await fetch_all(session, LINES, {"authority_id": claim.authority_id, "claim_id": claim.id})


async def visits_to_claim(session: AsyncSession, authority_id: int, agreement_id: UUID) -> list[VisitToClaim]:
    """The recorded visits of an agreement that are on no claim, also those that cannot be claimed yet."""
    return await fetch_all(session, VISITS, {"authority_id": authority_id, "agreement_id": agreement_id})


async def ready_to_claim(session: AsyncSession, person: Principal) -> list[AgreementToClaim]:
    """The agreements for which the person's school can make a claim, oldest visit first, 50 at most."""
    return await fetch_all(
        session, READY, {"authority_id": person.authority_id, "urn": person.school_urn or 0}
    )


async def officers(session: AsyncSession, authority_id: int, today: date) -> list[UUID]:
    """The people of the core team."""
    return await fetch_all(session, OFFICERS, {"authority_id": authority_id, "today": today})
