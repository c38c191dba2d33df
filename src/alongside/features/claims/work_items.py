"""Work items of claims: what a headteacher can claim, and what waits for the core team."""

from collections.abc import Mapping

from alongside.features.claims.queries import READY_SQL
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.work_items import HomePage, WorkItemQuery


def _may_claim(person: Principal, _calendar: object) -> Mapping[str, object]:
    return {"may_claim": has_permission(person, Permission.MAKE_CLAIM)}


def _may_manage(person: Principal, _calendar: object) -> Mapping[str, object]:
    return {"may_manage_claims": has_permission(person, Permission.MANAGE_CLAIM)}


def _waiting(act: str, state: str) -> WorkItemQuery:
    return WorkItemQuery(
        HomePage.CONSORTIUM_DUE,
        act,
        f"""
        SELECT CASE count(*) WHEN 1 THEN '1 claim' ELSE count(*) || ' claims' END, CAST(NULL AS text),
               CAST(NULL AS date), '/claims?show={state}'
          FROM claim
         WHERE authority_id = :authority_id AND state = '{state}' AND CAST(:may_manage_claims AS boolean)
        HAVING count(*) > 0
        """,  # noqa: S608  (only our own SQL is put in)
        values=_may_manage,
    )


WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Claim delivered days",
        f"""
        SELECT CASE visits WHEN 1 THEN '1 visit' ELSE visits || ' visits' END, requesting_name, CAST(NULL AS date),
               '/agreements/' || id || '/claims/new'
          FROM ({READY_SQL}) ready WHERE CAST(:may_claim AS boolean)
        """,  # noqa: S608  (only our own SQL is put in)
        values=_may_claim,
    ),
    _waiting("Approve", "submitted"),
    _waiting("Mark as paid", "approved"),
)
