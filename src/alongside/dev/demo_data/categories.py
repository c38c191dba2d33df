"""Support categories of the demonstration: last year's in force, and a cycle of this year that is half-way through."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.authorities import settings_of
from alongside.features.categories import actions
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.models import SupportCategory
from alongside.features.categories.proposing import Participation, participation
from alongside.features.categories.queries import get_category
from alongside.features.categories.reports import earlier_year, ordered_keys
from alongside.features.interests.queries import schools_of_interest
from alongside.features.profiles.queries import ProfileProposal, proposals_for
from alongside.platform.access.permissions import Permission
from alongside.platform.school_calendar.calendar import academic_year

LAST_YEAR = "Mathematics fell in two of the last three years, and two teachers have left."
NARRATIVE = "The school asks for help with attendance and with reading."
DIFFERS = "The panel knows of a change of leadership that the figures do not show yet."
THIS_YEAR = 40
"""How many schools have a proposal of this year."""


async def fill(demo: Demonstration) -> None:
    """Put last year's categories in force, and take this year's, which follow the profiles, to different steps."""
    if not settings_of(demo.staff.authority_id).categorisation.used:
        return
    staff = demo.staff
    year = academic_year(staff.today)
    led = await _moderated_schools(demo)
    await _last_year(demo, [(urn, part) for urn, part in led if not part.narrative], year)
    proposals = {
        (one.school_urn, one.phase): one
        for one in await proposals_for(demo.session, staff.core[0], earlier_year(year), "")
        if one.proposed_category is not None
    }
    proposed = [(urn, part) for urn, part in led if part.narrative or (urn, part.phase) in proposals]
    for number, (urn, part) in enumerate(proposed[:THIS_YEAR]):
        await _this_year(demo, urn, part, number, proposals.get((urn, part.phase)))


async def _moderated_schools(demo: Demonstration) -> list[tuple[int, Participation]]:
    """Return the schools that the lead of their consortium moderates, without those of an interest."""
    staff = demo.staff
    interests = {
        consortium_id: await schools_of_interest(demo.session, staff.authority_id, lead.id, staff.today)
        for consortium_id, lead in staff.leads.items()
        if lead.id is not None
    }
    members = {urn for urns in staff.members.values() for urn in urns}
    found = []
    for school in demo.schools:
        if school.urn in members and school.urn in staff.heads:
            part = await participation(demo.session, demo.product, school.urn, None)
            own = interests.get(part.consortium_id) if part.consortium_id is not None else None
            if own is not None and part.refusal is None and school.urn not in own:
                found.append((school.urn, part))
    return found


async def _last_year(demo: Demonstration, schools: list[tuple[int, Participation]], year: str) -> None:
    """Take the categories of all schools through last year, one statement for each step and panel."""
    session, staff, keys = demo.session, demo.staff, ordered_keys(demo.staff.authority_id)
    decided = staff.today - timedelta(days=300)
    officer, service = staff.core[0], staff.head_of_service
    assert service is not None
    rows = [
        {
            "authority_id": staff.authority_id,
            "school_urn": urn,
            "academic_year": earlier_year(year),
            "phase": part.phase,
            "state": "proposed",
            "consortium_id": part.consortium_id,
            "advisory": part.advisory,
            "category_proposed": keys[(number % 7) // 3],
            "reasons_proposed": LAST_YEAR,
            "proposed_on": decided,
        }
        for number, (urn, part) in enumerate(schools)
    ]
    await identify_requester(session, officer)
    await session.execute(insert(SupportCategory), rows)
    proposed = SupportCategory.category_proposed
    await _step(session, "discussed", {"discussion_basis": "discussion", "discussed_on": decided})
    for consortium_id, lead in staff.leads.items():
        await identify_requester(session, lead)
        moderated = {"category_moderated": proposed, "moderated_by": lead.id, "moderated_on": decided}
        await _step(session, "moderated", moderated, SupportCategory.consortium_id == consortium_id)
    await identify_requester(session, service)
    agreed = {"category_agreed": proposed, "agreed_by": service.id, "agreed_on": decided}
    await _step(session, "agreed", agreed | {"decision_reference": "Board minutes, item 6"})
    await _step(session, "notified", {"notified_on": decided, "appeal_by": decided})
    await identify_requester(session, demo.product)
    await _step(session, "in_force", {"category": proposed, "in_force_on": decided})


async def _step(
    session: AsyncSession,
    state: str,
    values: Mapping[str, object],
    condition: ColumnElement[bool] | None = None,
) -> None:
    """Take all rows of last year to the next state."""
    statement = update(SupportCategory).values(state=state, **values)
    if condition is not None:
        statement = statement.where(condition)
    await session.execute(statement.execution_options(synchronize_session=False))


async def _this_year(
    demo: Demonstration, urn: int, part: Participation, number: int, proposal: ProfileProposal | None
) -> None:
    """Propose what the school's profile proposes, and take it further; a narrative has no category."""
    session, staff = demo.session, demo.staff
    assert part.consortium_id is not None
    officer, lead = staff.core[0], staff.leads[part.consortium_id]
    keys = ordered_keys(staff.authority_id)
    category = None if part.narrative or proposal is None else proposal.proposed_category
    values = {
        "academic_year": academic_year(staff.today),
        "category_proposed": category,
        "reasons_proposed": NARRATIVE
        if category is None or proposal is None
        else "\n".join(proposal.proposed_reasons),
    }
    made = await actions.propose_category(session, officer, urn, part.phase, values)
    if number % 4 == 0:
        return
    row = await get_category(session, officer, Permission.PROPOSE_CATEGORY, made)
    await actions.discuss_category(
        session, officer, row, "discussion", staff.today, "The headteacher agrees."
    )
    if number % 4 == 1:
        return
    row = await get_category(session, lead, Permission.MODERATE_CATEGORY, made)
    higher = keys[min(keys.index(category) + 1, len(keys) - 1)] if category else None
    other = higher if number % 7 == 0 else category
    await actions.moderate_category(session, lead, row, other, DIFFERS if other != category else "")
