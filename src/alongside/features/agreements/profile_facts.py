"""Support that a school received and gave, on its performance profile: days of each year, and what is under way."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.visit import Visit
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.reads import select_all
from alongside.platform.profile_facts import ProfileFact
from alongside.platform.web.formatting import format_days

MOST_YEARS = 5
URN = bindparam("urn", type_=Integer)
_YEAR = func.extract("year", Visit.visit_on.op("-")(literal_column("interval '8 months'")))
"""The year in which the academic year of a visit began: 2026 from September 2026 to August 2027."""


class DaysOfYear(msgspec.Struct, frozen=True):
    """Days of recorded visits in one academic year, which began in September of `began`."""

    began: int
    received: Decimal
    given: Decimal


async def _lines(session: AsyncSession, person: Principal, urn: int, _phase: str) -> Sequence[str]:
    if not has_permission(person, Permission.VIEW_AGREEMENT):
        return ()
    statement = (
        select(
            _YEAR.cast(Integer).label("began"),
            func.sum(case((SupportAgreement.requesting_urn == URN, Visit.days), else_=0)),
            func.sum(case((SupportAgreement.supporting_urn == URN, Visit.days), else_=0)),
        )
        .select_from(Visit)
        .join(
            SupportAgreement,
            and_(
                SupportAgreement.authority_id == bindparam("authority_id"),
                SupportAgreement.id == Visit.agreement_id,
            ),
        )
        .where(
            Visit.authority_id == bindparam("authority_id"),
            Visit.state == "recorded",
            or_(SupportAgreement.requesting_urn == URN, SupportAgreement.supporting_urn == URN),
            record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement),
        )
        .group_by(literal_column("1"))
        .order_by(literal_column("1 DESC"))
        .limit(literal_column(str(MOST_YEARS)))
    )
    values = {"authority_id": person.authority_id, "urn": urn}
    return [
        f"{one.began}-{(one.began + 1) % 100:02d}: {format_days(one.received)} received, {format_days(one.given)} given"
        for one in await select_all(session, statement, DaysOfYear, values)
    ]


FACTS = ProfileFact(1, lambda _: "Support received and given", _lines)
