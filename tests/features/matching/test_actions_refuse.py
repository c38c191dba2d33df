"""What schools and officers cannot say twice, or of themselves, without the form in front of it."""

from typing import Any

import pytest
from sqlalchemy import select

from alongside.errors import ActionRefused
from alongside.features.interests.actions import declare_interest
from alongside.features.matching.constraints import Exclusion, SupplierSuspension
from alongside.features.matching.exclusions.actions import exclude_school, lift_exclusion
from alongside.features.matching.suspensions.actions import end_suspension, suspend_supplier
from alongside.platform.database.session import Database
from tests.features.agreements.builders import acting
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, OFFICER, QUAY

HEAD, CORE = acting(HEAD_OF_MILL), acting(OFFICER)


async def test_a_school_is_ruled_out_once_and_lifted_once(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="your own school"):
            await exclude_school(session, HEAD, MILL, "")
        await exclude_school(session, HEAD, QUAY, "")
        with pytest.raises(ActionRefused, match="already"):
            await exclude_school(session, HEAD, QUAY, "")
        made: Any = await session.scalar(select(Exclusion.id))
        await lift_exclusion(session, HEAD, made)
        with pytest.raises(ActionRefused, match="already removed"):
            await lift_exclusion(session, HEAD, made)


async def test_a_school_is_suspended_once_and_lifted_once(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await suspend_supplier(session, CORE, QUAY, "inspection", None)
        with pytest.raises(ActionRefused, match="already"):
            await suspend_supplier(session, CORE, QUAY, "inspection", None)
        made: Any = await session.scalar(select(SupplierSuspension.id))
        await end_suspension(session, CORE, made)
        with pytest.raises(ActionRefused, match="already ended"):
            await end_suspension(session, CORE, made)


async def test_an_interest_is_declared_once_and_in_another_school(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="that you act for"):
            await declare_interest(session, HEAD, MILL, "governor", "")
        await declare_interest(session, HEAD, QUAY, "governor", "")
        with pytest.raises(ActionRefused, match="already"):
            await declare_interest(session, HEAD, QUAY, "governor", "")
