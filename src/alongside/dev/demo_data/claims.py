"""Claims of the demonstration in every state, for visits that both schools agree on."""

from sqlalchemy import text

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.claims import actions
from alongside.features.claims.queries import visits_to_claim

WITH_VISITS = text(
    "SELECT p.id, p.supporting_urn FROM support_agreement p WHERE p.authority_id = :authority_id"
    " AND EXISTS (SELECT FROM visit v WHERE v.authority_id = :authority_id AND v.agreement_id = p.id"
    " AND visit_is_confirmed(v)) ORDER BY p.agreed_at, p.id"
)


async def fill(demo: Demonstration) -> None:
    """Every other agreement has a claim: paid, waiting for payment, waiting for approval or returned."""
    session, staff = demo.session, demo.staff
    found = await session.execute(WITH_VISITS, {"authority_id": staff.authority_id})
    for number, agreement in enumerate(found.all()):
        visits = await visits_to_claim(session, staff.authority_id, agreement.id)
        ready = [one.id for one in visits if one.confirmed and one.pence is not None]
        if not ready or number % 6 == 4:
            continue
        head, officer = staff.heads[agreement.supporting_urn], staff.core[0]
        claim_id = await actions.make_claim(session, head, agreement.id, ready, f"INV-{100 + number}")
        if number % 6 == 3:
            await actions.return_claim(session, officer, claim_id, "The visit of the spring is missing.")
        elif number % 6 != 2:
            await actions.approve_claim(session, officer, claim_id)
        if number % 6 in (0, 5):
            await actions.pay_claim(session, officer, claim_id, staff.today, f"BACS {4000 + number}")
