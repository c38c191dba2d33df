"""What schools of the demonstration will try, some of it answered, so that entries show numbers."""

from sqlalchemy import text

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.tries.actions import answer_try, try_entry

LISTED = text(
    "SELECT id, school_urn FROM directory_entry WHERE authority_id = :authority_id"
    " AND state IN ('verified', 'reverified') AND visible_to_authority_from <= :today AND agreement_id IS NULL"
    " ORDER BY length(what_we_did) DESC, title LIMIT 3"
)
OF_SCHOOL = text(
    "SELECT id FROM practice_try WHERE authority_id = :authority_id AND entry_id = :entry_id AND school_urn = :urn"
)
LINES = (
    "ten minutes of it after lunch, in one class first",
    "the same routine in Years 3 and 4",
    "the short version of it with two teachers",
    "it in the spring, after we have visited",
)
OUTCOMES = ("did", "changed", "did_not", "")


async def fill(demo: Demonstration) -> None:
    """Four schools write a line on each of some entries, and three of them say how it went."""
    inside = {"authority_id": demo.staff.authority_id}
    heads = [demo.staff.heads[urn] for urn in sorted(demo.staff.heads)]
    found = await demo.session.execute(LISTED, inside | {"today": demo.staff.today})
    for number, entry in enumerate(found.all()):
        others = [head for head in heads if head.school_urn != entry.school_urn][number:]
        for head, line, outcome in zip(others, LINES, OUTCOMES, strict=False):
            await try_entry(demo.session, head, entry.id, line)
            if outcome:
                values = inside | {"entry_id": entry.id, "urn": head.school_urn}
                try_id = await demo.session.scalar(OF_SCHOOL, values)
                await answer_try(demo.session, head, try_id, outcome, "")
