"""The plan as a resource: what all its actions share."""

from typing import Any

from sqlalchemy import Row

from alongside.features.matching.plans.queries import get_run
from alongside.platform.forms.action import Resource

PLAN: Resource[Row[Any]] = Resource(
    name="run", path="/plans/{run_id:uuid}", load=get_run, url=lambda run: f"/plans/{run.id}"
)
