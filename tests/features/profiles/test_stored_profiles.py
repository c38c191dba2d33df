"""Profiles in the database: what a calculation writes, who reads it, and what PostgreSQL refuses."""

from uuid import UUID

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.interests.models import DeclarationOfInterest
from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.calculation import calculate
from alongside.features.profiles.method_actions import method_for
from alongside.features.profiles.models import Profile, ProfileComment
from alongside.features.profiles.queries import proposals_for, stored_profiles
from alongside.features.profiles.results import read_outputs
from alongside.platform.database.session import Database
from tests.databases import APP_DAY, constraint_of
from tests.features.agreements.builders import acting
from tests.features.profiles.stored import PHASE, YEAR, Stored, calculated, store_figures, usual_figures
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SCHOOLS,
    SOUTHSHIRE,
    Persona,
)

TABLES = ("profile", "profile_snapshot")
OFFICER_TODAY = acting(OFFICER, APP_DAY)


async def _store(database: Database, rows: list[Stored]) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await store_figures(session, rows)


async def _share(session: AsyncSession, *profiles: UUID) -> None:
    await identify_requester(session, OFFICER_TODAY)
    for one in profiles:
        await session.execute(
            update(Profile)
            .where(Profile.authority_id == NORTHSHIRE, Profile.id == one)
            .values(state="shared", shared_at=text("now()"))
        )


async def _read_by(session: AsyncSession, one: Persona, audience: str = "school") -> set[int]:
    """Return the URNs of the schools whose snapshots a person reads, with no filter but the policy."""
    await identify_requester(session, acting(one, APP_DAY))
    found = await session.execute(
        text(
            "SELECT p.school_urn FROM profile p JOIN profile_snapshot n"
            " ON n.authority_id = p.authority_id AND n.profile_id = p.id AND n.audience = :audience"
        ),
        {"audience": audience},
    )
    return set(found.scalars())


async def test_a_second_calculation_writes_nothing_and_a_changed_figure_a_second_snapshot(
    database: Database,
) -> None:
    """The same figures leave every row as it is; a revised figure gives its school a new snapshot, the old one stays."""
    await _store(database, usual_figures())
    profiles = await calculated(database)
    assert profiles.keys() == SCHOOLS.keys()
    async with database.transaction(NORTHSHIRE) as session:
        before = await stored_profiles(session, OFFICER_TODAY, YEAR, PHASE)
        assert await calculate(session, OFFICER_TODAY, YEAR, PHASE) == 0
        assert await stored_profiles(session, OFFICER_TODAY, YEAR, PHASE) == before
        await session.execute(
            text(
                "UPDATE performance_figure SET value = 12 WHERE school_urn = :urn AND measure = 'ks2_expected'"
                " AND academic_year = '2024-25'"
            ),
            {"urn": MILL},
        )
        assert await calculate(session, OFFICER_TODAY, YEAR, PHASE) > 0
        after = {one.school_urn: one for one in await stored_profiles(session, OFFICER_TODAY, YEAR, PHASE)}
        assert after[MILL].snapshot_number == 2
        kept = await session.scalar(
            text(
                "SELECT outputs FROM profile_snapshot WHERE profile_id = :id AND number = 1 AND audience = 'school'"
            ),
            {"id": profiles[MILL]},
        )
    assert bytes(kept) == next(one.outputs for one in before if one.school_urn == MILL)


async def test_a_later_year_changes_nothing(database: Database) -> None:
    """Figures of a later year are not read by the profile of an earlier one."""
    await _store(database, usual_figures())
    await calculated(database)
    later = [one._replace(year="2025-26", value="5") for one in usual_figures() if one.year == YEAR]
    await _store(database, later)
    async with database.transaction(NORTHSHIRE) as session:
        assert await calculate(session, OFFICER_TODAY, YEAR, PHASE) == 0


async def test_a_final_profile_that_changes_is_revised(database: Database) -> None:
    """Its state says so, and the school was asked before it became final."""
    await _store(database, usual_figures())
    profiles = await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        await _share(session, profiles[MILL])
        for values in ({"state": "discussed", "discussed_on": APP_DAY}, {"state": "final"}):
            await session.execute(update(Profile).where(Profile.id == profiles[MILL]).values(**values))
        await session.execute(
            text(
                "UPDATE performance_figure SET value = 12 WHERE school_urn = :urn AND measure = 'ks2_expected'"
            ),
            {"urn": MILL},
        )
        await calculate(session, OFFICER_TODAY, YEAR, PHASE)
        found = {
            one.school_urn: one.state for one in await stored_profiles(session, OFFICER_TODAY, YEAR, PHASE)
        }
    assert found[MILL] == "revised"
    assert found[PARK] == "calculated"


async def test_each_role_reads_the_profiles_of_its_own_schools_once_they_are_shared(
    database: Database,
) -> None:
    """Before a profile is shared only the core team reads it; then its school, and the leads of its consortium."""
    await _store(database, usual_figures())
    profiles = await calculated(database)
    people = (
        HEAD_OF_MILL,
        DELEGATE_OF_MILL,
        HEAD_OF_FORD,
        LEAD_OF_NORTH,
        DEPUTY_OF_NORTH,
        LEAD_OF_SOUTH,
        ADMINISTRATOR,
    )
    async with database.transaction(NORTHSHIRE) as session:
        assert await _read_by(session, OFFICER) == set(SCHOOLS)
        for one in people:
            assert await _read_by(session, one) == set(), one.name
            assert await _read_by(session, one, "others") == set(), one.name
        await _share(session, *profiles.values())
        seen = {one.name: await _read_by(session, one, "others") for one in people}
        assert seen == {
            "Mina Mill": {MILL},
            "Dele Mill": {MILL},
            "Fay Ford": {HEAD_OF_FORD.school_urn},
            "Lee North": {MILL, PARK},
            "Dee North": {MILL, PARK},
            "Lea South": set(SCHOOLS) - {MILL, PARK, HEAD_OF_FORD.school_urn},
            "Ada Admin": set(),
        }
        assert await _read_by(session, HEAD_OF_MILL) == {MILL}
        assert (
            await _read_by(session, LEAD_OF_NORTH) == set()
        )  # all figures are for the school and the core team
        declared = {
            "authority_id": NORTHSHIRE,
            "person_id": LEAD_OF_NORTH.person_id,
            "other_urn": PARK,
            "kind": "family",
        }
        await session.execute(insert(DeclarationOfInterest), [declared])
    async with database.transaction(NORTHSHIRE) as session:
        assert await _read_by(session, LEAD_OF_NORTH, "others") == {MILL}
        assert {
            one.school_urn for one in await proposals_for(session, acting(LEAD_OF_NORTH), YEAR, PHASE)
        } == {MILL}
    async with database.transaction(SOUTHSHIRE) as session:
        assert await _read_by(session, OFFICER.twin) == set()


async def test_figures_about_fewer_than_six_pupils_are_left_out_for_others(database: Database) -> None:
    """The snapshot for leads has neither the figure nor the pooled figure that would reveal it."""
    rows = [
        one._replace(pupils=5) if one.urn == MILL and one.year == YEAR else one for one in usual_figures()
    ]
    await _store(database, rows)
    profiles = await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, OFFICER_TODAY)
        found = {}
        for audience in ("school", "others"):
            stored = await session.scalar(
                text("SELECT outputs FROM profile_snapshot WHERE profile_id = :id AND audience = :audience"),
                {"id": profiles[MILL], "audience": audience},
            )
            measures = {one.measure: one for one in read_outputs(bytes(stored)).measures}
            found[audience] = measures["ks2_expected"]
    whole, shared = found["school"], found["others"]
    assert whole.years[-1].value is not None
    assert whole.value is not None
    assert (shared.years[-1].value, shared.years[-1].cohort, shared.value, shared.low) == (None,) * 4
    assert shared.years[-1].status == "suppressed"
    assert shared.years[-2].value == whole.years[-2].value


async def test_only_the_head_of_the_school_comments(database: Database) -> None:
    """A delegate, another head, a lead and the core team cannot write the school's comment."""
    await _store(database, usual_figures())
    profiles = await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        await _share(session, *profiles.values())
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL, HEAD_OF_FORD, LEAD_OF_NORTH, OFFICER):
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, acting(one, APP_DAY))
            written = insert(ProfileComment).values(
                authority_id=NORTHSHIRE, profile_id=profiles[MILL], body="Our view", written_by=one.person_id
            )
            if one is HEAD_OF_MILL:
                await session.execute(written)
                continue
            with pytest.raises(DBAPIError, match="row-level security"):
                await session.execute(written)


async def test_the_methods_of_the_product_fit_the_catalogue(database: Database) -> None:
    """Every measure and category that they name exists, and none is a progress measure of a year without one."""
    async with database.transaction(NORTHSHIRE) as session:
        for phase in ("primary", "secondary"):
            method = await method_for(session, OFFICER_TODAY, phase)
            assert method.state == "in_force"
            assert not [one.measure for one in method.rules.measures if "progress" in one.measure]


async def test_a_method_in_use_never_changes(database: Database) -> None:
    """PostgreSQL refuses another content, and a second method in force."""
    await _store(database, usual_figures())
    await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(DBAPIError) as problem:
            await session.execute(text("UPDATE profile_method SET content = '{}'"))
    assert constraint_of(problem.value) == "profile_method_is_fixed"


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"state": "final"}, "allowed_transition"),
    ({"state": "discussed"}, "ck_profile_discussed"),
    ({"state": "no_answer"}, "profile_answer_by_passed"),
    ({"state": "no_answer", "answer_by": APP_DAY.replace(year=2100)}, "profile_answer_by_passed"),
    ({"state": "no_answer", "answer_by": APP_DAY.replace(year=2020)}, "ck_profile_school_was_asked"),
    ({"direction": "improving", "proposed_direction": "unchanged"}, "ck_profile_direction_reason"),
]


async def test_postgresql_refuses_a_profile_that_skips_the_school(database: Database) -> None:
    """No state counts as asked without a discussion, a refusal, or two invitations and a passed date."""
    await _store(database, usual_figures())
    profiles = await calculated(database)
    async with database.transaction(NORTHSHIRE) as session:
        await _share(session, profiles[MILL])
        for values, constraint in REFUSED:
            with pytest.raises(DBAPIError) as problem:
                async with session.begin_nested():
                    await session.execute(
                        update(Profile).where(Profile.id == profiles[MILL]).values(**values)
                    )
            assert constraint_of(problem.value) == constraint
