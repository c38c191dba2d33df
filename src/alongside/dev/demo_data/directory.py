"""Good practice of the demonstration: imported entries, and further ones in every state of moderation."""

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.dev.demo_data.moderation import check_practice
from alongside.dev.demo_data.practice import bring_practice

HOW_MANY = {359: 205, 816: 60}


async def fill(demo: Demonstration) -> None:
    """Import entries of schools, and write some that wait for a check, a consent or a review."""
    staff = demo.staff
    await bring_practice(demo.session, demo.product, staff.today, HOW_MANY[staff.authority_id])
    await check_practice(demo.session, staff)
