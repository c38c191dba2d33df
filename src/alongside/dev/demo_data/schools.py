"""Schools of the demonstration: the register, taken over as in production."""

from pathlib import Path

from sqlalchemy import bindparam, select

from alongside.dev.demo_data.demonstration import Demonstration, DemonstrationSchool
from alongside.features.schools.actions import take_over_register
from alongside.features.schools.gias import read_register
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.database.reads import select_all

REGISTER = Path(__file__).with_name("register.csv")
OPEN_SCHOOLS = (
    select(School.urn, School.name, School.phase, School.kind, School.easting, School.northing)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.urn)
)


async def fill(demo: Demonstration) -> None:
    """Import the register of the authority."""
    authority_id = demo.staff.authority_id
    await take_over_register(demo.session, demo.product, read_register(REGISTER, authority_id))
    demo.schools = await select_all(
        demo.session, OPEN_SCHOOLS, DemonstrationSchool, {"authority_id": authority_id}
    )
