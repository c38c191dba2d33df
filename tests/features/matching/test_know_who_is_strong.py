"""Verified directory entries with evidence raise the strength of a school's offers."""

from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.matching.problem_input.expertise import strength_in
from alongside.features.offers.models import OfferTheme
from alongside.platform.database.session import Database
from tests.client import Client
from tests.features.directory.form_values import checked_entry, verify
from tests.features.matching.builders import TODAY, an_offer
from tests.personas import MILL, NORTHSHIRE, QUAY


def test_every_padlock_adds_and_nothing_shown_stays_unknown() -> None:
    """Each evidence level adds to the strength; without evidence it stays unknown."""
    assert strength_in(shown=False, designated=True, evidence=0) is None
    assert [strength_in(shown=False, designated=False, evidence=level) for level in (1, 4)] == [775, 850]
    assert [strength_in(shown=True, designated=False, evidence=level) for level in (0, 3)] == [750, 825]
    assert [strength_in(shown=True, designated=True, evidence=level) for level in (0, 4)] == [900, 1000]


async def strength_of(database: Database, urn: int, theme: str) -> int | None:
    """The strength of the school's offer today."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        instance = await build_instance(session, NORTHSHIRE, TODAY, None)
    [offer] = [one for one in instance.offers if one.school == urn]
    return offer.themes[theme]


async def test_verified_practice_makes_its_school_the_stronger_partner(
    client: Client, database: Database
) -> None:
    """Only for the entry's school and theme, and only after another person has verified it."""
    async with database.transaction(NORTHSHIRE) as session:
        for urn in (MILL, QUAY):
            offer_id = await an_offer(session, urn)
            session.add(
                OfferTheme(
                    authority_id=NORTHSHIRE, offer_id=offer_id, theme="mathematics", evidence="Results"
                )
            )
    before = await strength_of(database, MILL, "mathematics")
    assert before is not None
    assert before == await strength_of(database, QUAY, "mathematics")
    where = await checked_entry(client, themes=["mathematics"])
    assert await strength_of(database, MILL, "mathematics") == before
    await verify(client, where, level="3")
    assert await strength_of(database, MILL, "mathematics") == before + 75
    assert await strength_of(database, QUAY, "mathematics") == before
