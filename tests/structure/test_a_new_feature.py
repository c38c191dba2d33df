"""A new feature is a package of its own: it changes two central files, and the product finds the rest in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from alongside.models_registry import full_schema
from tests.databases import DatabaseCopy

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "templates", "tenants")
CENTRAL_FILES = {
    "src/alongside/platform/access/permissions.py",
    "src/alongside/feature_list.py",
    "tenants/_defaults.toml",
}
"""The files that a new feature may change. The feature of this test has no settings, so it changes two."""

FEATURE = {
    "feature.py": '''
"""Declares the feature: equipment loans."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "equipment_loans",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
    work_items=("work_items:WORK_ITEMS",),
    navigation=(NavigationItem("/equipment-loans", "Equipment", Permission.VIEW_EQUIPMENT_LOANS, 35),),
    state_colours={"on_loan": "blue"},
)
''',
    "models.py": '''
"""The table of equipment loans."""

from datetime import date

from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, reference


class EquipmentLoan(AuthorityOwned, Base):
    """A thing that a school has borrowed, until a day."""

    __tablename__ = "equipment_loan"
    __table_args__ = (reference("school_urn", "school"),)

    school_urn: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[date]
''',
    "pages.py": '''
"""The page of a school's equipment loans."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from alongside.features.equipment_loans.models import EquipmentLoan
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class EquipmentLoanList(PageContext):
    """What the list shows."""

    template = "equipment_loans/list.html"

    loans: Sequence[str]


@endpoint.get("/equipment-loans", permission=Permission.VIEW_EQUIPMENT_LOANS)
async def list_loans(ctx: PageRequest) -> PageResult:
    """List what the school has borrowed."""
    found = await ctx.session.execute(
        select(EquipmentLoan.title).where(EquipmentLoan.school_urn == ctx.person.school_urn)
    )
    return Page(EquipmentLoanList(loans=found.scalars().all()))


routes = [list_loans]
''',
    "scheduled.py": '''
"""Scheduled job of equipment loans."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.equipment_loans.models import EquipmentLoan
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import ScheduledJob


async def forget_old_loans(session: AsyncSession, person: Principal) -> int:
    """Delete loans that were due before today; return how many."""
    gone = await session.execute(
        delete(EquipmentLoan)
        .where(EquipmentLoan.authority_id == person.authority_id, EquipmentLoan.due_on < person.today)
        .returning(EquipmentLoan.id)
    )
    return len(gone.all())


JOBS = (ScheduledJob(7, forget_old_loans),)
''',
    "work_items.py": '''
"""Work items of equipment loans."""

from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Return equipment",
        """
        SELECT loan.title, '', loan.due_on, '/equipment-loans'
          FROM equipment_loan loan WHERE loan.authority_id = :authority_id AND loan.school_urn = :urn
        """,
    ),
)
''',
    "__init__.py": '"""Equipment that schools lend to each other."""\n',
}
TEMPLATE = """{% extends "_layout/page.html" %}
{% from "_components/page.html" import tag %}
{% block title %}Equipment{% endblock %}
{% block content %}{% for one in loans %}<p>{{ one }} {{ tag("on_loan") }}</p>{% endfor %}{% endblock %}
"""

USE = """
import asyncio, sys
from datetime import datetime

import asyncpg

from alongside.models_registry import full_schema
from alongside.worker.schedule import declared_schedule
from alongside.platform.database.session import Database
from alongside.platform.jobs.scheduler import Scheduler
from tests.client import Client, words
from tests.databases import SIGNING_KEY, DatabaseCopy, app_over, make_known
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, MILL, NORTHSHIRE


async def use(copy, before):
    for slug in ("northshire", "southshire"):
        make_known(slug)
    boss = await asyncpg.connect(copy.superuser_url)
    await boss.execute("SET ROLE alongside_owner")
    for statement in full_schema():
        if statement not in before:
            await boss.execute(statement)
    await boss.execute("RESET ROLE")
    for title, due_on in (("A microscope", "2090-01-01"), ("An old drum", "2020-01-01")):
        await boss.execute(
            "INSERT INTO equipment_loan (authority_id, school_urn, title, due_on) VALUES ($1, $2, $3, $4::text::date)",
            NORTHSHIRE, MILL, title, due_on,
        )
    database = Database(copy.app_url, SIGNING_KEY, pool_size=2)
    ran = await Scheduler(database, declared_schedule()).run(NORTHSHIRE, datetime.fromisoformat("2026-11-24T12:00Z"))
    assert "forget_old_loans" in ran, ran
    await database.close()
    async with app_over(copy) as app:
        client = Client(app)
        page = await client.get("/equipment-loans", as_=HEAD_OF_MILL)
        assert page.status_code == 200, page.text
        assert "A microscope On loan" in words(page) and "govuk-tag--blue" in page.text
        assert "drum" not in page.text
        home = await client.get("/home", as_=HEAD_OF_MILL)
        assert "Return equipment: A microscope" in words(home)
        assert 'href="/equipment-loans"' in home.text and "Equipment" in words(home)
        assert "microscope" not in (await client.get("/home", as_=HEAD_OF_MILL.twin)).text
        assert "microscope" not in (await client.get("/equipment-loans", as_=HEAD_OF_MILL.twin)).text
        assert (await client.get("/equipment-loans", as_=LEAD_OF_NORTH)).status_code == 404
    await boss.close()


names = sys.argv[1:4]
asyncio.run(use(DatabaseCopy(*names), set(open(sys.argv[4]).read().split("\\0"))))
"""


def insert_after(path: Path, line: str, added: str) -> None:
    """Insert a line after the first one that ends with `line`."""
    text = path.read_text()
    place = text.index(line) + len(line)
    path.write_text(text[:place] + added + text[place:])


def add_feature(copy: Path) -> None:
    """Add the feature as CONTRIBUTING says."""
    package = copy / "src/alongside/features/equipment_loans"
    package.mkdir()
    for name, text in FEATURE.items():
        (package / name).write_text(text.lstrip("\n"))
    (copy / "templates/equipment_loans").mkdir()
    (copy / "templates/equipment_loans/list.html").write_text(TEMPLATE)
    permissions = copy / "src/alongside/platform/access/permissions.py"
    insert_after(permissions, "    VIEW_PUBLIC_PAGES = auto()\n", "    VIEW_EQUIPMENT_LOANS = auto()\n")
    insert_after(
        permissions,
        "ROLE_PERMISSIONS: dict[Permission, RoleScopes] = {\n",
        "    Permission.VIEW_EQUIPMENT_LOANS: OWN_SCHOOL_ONLY,\n",
    )
    features = copy / "src/alongside/feature_list.py"
    insert_after(
        features,
        "from alongside.features.directory import feature as directory\n",
        "from alongside.features.equipment_loans import feature as equipment_loans\n",
    )
    insert_after(features, "    dashboards.FEATURE,\n", "    equipment_loans.FEATURE,\n")


def changed_files(copy: Path) -> set[str]:
    """Return the files of the project that differ in the copy."""
    return {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.read_bytes() != (copy / path.relative_to(ROOT)).read_bytes()
    }


async def test_a_feature_with_a_table_a_page_a_work_item_and_a_job_changes_two_central_files(
    copy: DatabaseCopy, tmp_path: Path
) -> None:
    """A copy of the project with one more feature serves its page, runs its job and lists its work item."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    add_feature(tmp_path)
    assert changed_files(tmp_path) <= CENTRAL_FILES
    assert len(changed_files(tmp_path)) == 2
    before = tmp_path / "schema.sql"
    before.write_text("\0".join(full_schema()))
    names = (copy.name, copy.app_url, copy.superuser_url, str(before))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path / "src"), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-c", USE, *names], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
