"""An academy conversion moves all data to the new URN, once, with audit log entries."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from alongside.errors import ActionRefused
from alongside.features.agreements.proposing.actions import propose
from alongside.features.people.invitations import actions
from alongside.features.people.invitations.queries import invitation_by_token
from alongside.features.school_successions.carried import CARRIED, ELSEWHERE, KEPT
from alongside.platform.audit.queries import broken_links
from alongside.platform.database.base import Base
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.agreements.builders import (
    a_need,
    a_proposal,
    a_running_agreement,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.features.escalations.builders import an_escalation
from tests.features.needs.form_values import form_at, posted_need
from tests.features.school_successions.builders import (
    ACADEMY,
    CLOSED,
    IMPORTER,
    TODAY,
    academy,
    bring_in,
    planned,
    register,
    rows,
    urn_in,
)
from tests.features.schools.extract import school
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)


def converted(folder: Path) -> Any:
    """A register in which Mill has become Mill Academy."""
    old = school(MILL, "Mill Primary School", Number="2001", **CLOSED, Links=f"{ACADEMY} Successor")
    return register(folder, old, academy(ACADEMY, "Mill Academy", MILL))


async def test_everything_goes_with_the_school(database: Database, tmp_path: Path) -> None:
    """Membership, roles, need, offer, proposal, agreement in its middle, and open escalation."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), await an_offer(session, MILL)
        quay_offer = await an_offer(session, QUAY)
        proposal_id = await propose(session, acting(HEAD_OF_QUAY), need_id, quay_offer, terms())
    escalation_id = await an_escalation(database)
    (plan,) = await bring_in(database, converted(tmp_path))
    assert (plan.kind, plan.old_urn, plan.new_urn, plan.people, plan.question) == (
        "conversion", MILL, ACADEMY, True, None,
    )  # fmt: skip
    for table, row_id, column in (
        ("need", need_id, "school_urn"),
        ("offer", offer_id, "school_urn"),
        ("proposal", proposal_id, "requesting_urn"),
        ("support_agreement", agreement_id, "requesting_urn"),
        ("escalation", escalation_id, "school_urn"),
    ):
        assert await urn_in(database, table, row_id, column) == ACADEMY, table
    members = await rows(
        database,
        "SELECT school_urn, starts_on, ends_on FROM consortium_membership WHERE consortium_id = :c"
        " AND school_urn <> :park ORDER BY starts_on",
        c=NORTH,
        park=PARK,
    )
    assert [(row.school_urn, row.ends_on) for row in members] == [(MILL, date(2026, 11, 1)), (ACADEMY, None)]
    assert members[1].starts_on == date(2026, 11, 1)
    left = await rows(
        database,
        "SELECT id FROM role_assignment WHERE school_urn = :old AND (ends_on IS NULL OR ends_on > :day)",
        old=MILL,
        day=TODAY,
    )
    assert left == []
    assert {"carried_over"} <= set(await notified(database, HEAD_OF_MILL))
    for partner in (HEAD_OF_PARK, HEAD_OF_QUAY):
        assert "school_closed" in await notified(database, partner)


async def test_the_head_goes_on_working_in_the_same_browser(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Signed in as before; posts a need for the new school; the lead sees it."""
    where = await posted_need(client)
    await bring_in(database, converted(tmp_path))
    assert (await client.get("/home", as_=HEAD_OF_MILL)).status_code == 200
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 200
    another = await posted_need(client, title="Another need", checked_second="y")
    page = words(await client.get(another, as_=LEAD_OF_NORTH))
    assert "Mill Academy" in page
    board = words(await client.get("/needs-and-offers", as_=HEAD_OF_PARK))
    assert "Mill Academy" in board and "Mill Primary School" not in board


async def test_a_form_that_was_open_meanwhile_overwrites_nothing(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """The version of what was carried over counts on, so the form says that it changed."""
    where = await posted_need(client)
    form = await form_at(client, f"{where}/edit", DELEGATE_OF_MILL)
    await bring_in(database, converted(tmp_path))
    stale = await client.post(f"{where}/edit", form | {"title": "Mine"}, as_=DELEGATE_OF_MILL)
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.text


async def test_an_agreement_goes_on_between_the_partner_and_the_new_school(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Both heads open it; the days stay where they were."""
    agreement_id = await a_running_agreement(database)
    before = await look(database, "support_agreement", agreement_id)
    await bring_in(database, converted(tmp_path))
    after = await look(database, "support_agreement", agreement_id)
    assert (after.state, after.days, after.days_used, after.supporting_urn) == (
        "active", before.days, before.days_used, PARK,
    )  # fmt: skip
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "Mill Academy" in words(await client.get(f"/agreements/{agreement_id}", as_=head))


async def test_each_carried_row_is_in_the_audit_log_once(database: Database, tmp_path: Path) -> None:
    """And a second import of the same file, or of the next, carries nothing twice."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    await an_escalation(database)
    new = converted(tmp_path)
    await bring_in(database, new)
    entries = "SELECT subject_kind, subject_id, schools, changes FROM audit_entry WHERE verb = 'carry_over'"
    first = await rows(database, entries)
    of_need = [row for row in first if row.subject_id == str(need_id)]
    assert [(row.schools, row.changes) for row in of_need] == [
        ([MILL, ACADEMY], {"school_urn": [MILL, ACADEMY]})
    ]
    kinds = [row.subject_kind for row in first]
    assert kinds.count("role_assignment") == 2 and kinds.count("consortium") == 1
    assert [row.schools for row in first if row.subject_kind == "escalation"] == [[]]
    report, plans = await planned(database, new)
    assert (report.changes, plans) == ([], [])
    await bring_in(database, new)
    assert len(await rows(database, entries)) == len(first)
    async with database.transaction(NORTHSHIRE) as session:
        assert not await broken_links(session, NORTHSHIRE)


async def test_a_role_that_begins_or_ends_later_keeps_its_days(database: Database, tmp_path: Path) -> None:
    """The next head begins in January at the new school; the present one leaves at Christmas."""
    christmas, january = date(2026, 12, 18), date(2027, 1, 4)
    await rows(
        database,
        "UPDATE role_assignment SET ends_on = :d WHERE id = :id RETURNING id",
        d=christmas,
        id=HEAD_OF_MILL.role_assignment_id,
    )
    await rows(
        database,
        "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
        " VALUES (901, :p, 'headteacher', :u, :d) RETURNING id",
        p=HEAD_OF_QUAY.person_id,
        u=MILL,
        d=january,
    )
    await bring_in(database, converted(tmp_path))
    heads = await rows(
        database,
        "SELECT person_id, starts_on, ends_on FROM role_assignment WHERE school_urn = :u AND role = 'headteacher'"
        " ORDER BY starts_on",
        u=ACADEMY,
    )
    assert [(row.person_id, row.starts_on, row.ends_on) for row in heads] == [
        (HEAD_OF_MILL.person_id, date(2026, 11, 1), christmas),
        (HEAD_OF_QUAY.person_id, january, None),
    ]


async def test_a_school_that_the_file_lacks_is_followed_by_its_academy(
    database: Database, tmp_path: Path
) -> None:
    """A file of open schools alone names the predecessor only by link: the same rule holds."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    new = register(tmp_path, academy(ACADEMY, "Mill Academy", MILL), without=(MILL,))
    (plan,) = await bring_in(database, new)
    assert plan.kind == "conversion"
    assert await urn_in(database, "need", need_id) == ACADEMY


async def test_a_successor_that_opens_later_is_waited_for(database: Database, tmp_path: Path) -> None:
    """Closed in October, its academy open from the next file on: nothing is lost between."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    old = school(MILL, "Mill Primary School", Number="2001", **CLOSED, Links=f"{ACADEMY} Successor")
    (plan,) = await bring_in(database, register(tmp_path, old))
    assert plan.kind == "waiting"
    assert await urn_in(database, "need", need_id) == MILL
    (again,) = await bring_in(database, converted(tmp_path))
    assert again.kind == "conversion"
    assert await urn_in(database, "need", need_id) == ACADEMY
    states = await rows(database, "SELECT state FROM school_succession ORDER BY id")
    assert [row.state for row in states] == ["carried"]


async def test_an_administrator_is_asked_when_the_academy_closes_in_the_same_release(
    database: Database, tmp_path: Path
) -> None:
    """Then no open school follows, so that roles and membership stay until somebody decides."""
    old = school(MILL, "Mill Primary School", Number="2001", **CLOSED, Links=f"{ACADEMY} Successor")
    gone = academy(
        ACADEMY, "Mill Academy", MILL, Status="Closed", CloseDate="20-11-2026", WhyClosed="Closure"
    )
    (plan,) = await bring_in(database, register(tmp_path, old, gone))
    assert (plan.old_urn, plan.kind) == (MILL, "closure")
    (task,) = await rows(database, "SELECT old_urn, state FROM school_succession")
    assert tuple(task) == (MILL, "open")
    for table in ("role_assignment", "consortium_membership"):
        kept = f"SELECT id FROM {table} WHERE school_urn = :urn AND ends_on IS NULL"
        assert await rows(database, kept, urn=MILL)


async def test_an_invitation_that_is_accepted_during_an_import_gives_the_role_at_the_new_school(
    client: Client, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import moves the invitation after the page has read it."""
    invited = {"name": "Ann New", "email": "ann@mill.example", "role": "delegate", "school": str(MILL)}
    assert (await client.post("/people/invitations", invited, as_=ADMINISTRATOR)).status_code == 303
    (email,) = await rows(database, "SELECT body FROM email_outbox WHERE to_address = 'ann@mill.example'")
    link = next(word for word in email.body.split() if "/invitations/" in word)

    async def read_before_the_import(*arguments: Any) -> Any:
        found = await invitation_by_token(*arguments)
        await bring_in(database, converted(tmp_path))
        return found

    monkeypatch.setattr(actions, "invitation_by_token", read_before_the_import)
    path = "/invitations/" + link.rpartition("/")[2].rstrip(".")
    accepted = await client.post(f"{path}/acceptance", {})
    assert accepted.status_code == 303
    held = "SELECT a.school_urn FROM role_assignment a JOIN person p ON p.id = a.person_id WHERE p.name = 'Ann New'"
    assert [row.school_urn for row in await rows(database, held)] == [ACADEMY]


async def test_what_changed_since_the_report_is_not_applied(database: Database, tmp_path: Path) -> None:
    """The administrator confirms what was shown, or nothing."""
    from alongside.features.school_successions.commands import apply_import

    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    new = converted(tmp_path)
    report, plans = await planned(database, new)
    with pytest.raises(ActionRefused, match="Import the file again"):
        await apply_import(database, IMPORTER, new, report, plans[:-1])
    assert await urn_in(database, "need", need_id) == MILL
    assert (await rows(database, "SELECT status FROM school WHERE urn = :u", u=MILL))[0].status == "open"


async def test_who_watched_the_school_watches_its_successor(
    client: Client, database: Database, tmp_path: Path
) -> None:
    assert (await client.post(f"/schools/{MILL}/watch", {}, as_=OFFICER)).status_code == 303
    await bring_in(database, converted(tmp_path))
    assert [row.school_urn for row in await rows(database, "SELECT school_urn FROM watched_school")] == [
        ACADEMY
    ]


async def test_the_twin_authority_keeps_its_school(database: Database, tmp_path: Path) -> None:
    """The same URN of another authority is another school."""
    await a_proposal(database)
    await bring_in(database, converted(tmp_path))
    async with database.transaction(902) as session:
        from sqlalchemy import text

        count = await session.scalar(
            text("SELECT count(*) FROM role_assignment WHERE school_urn = :u AND ends_on IS NULL"),
            {"u": MILL},
        )
    assert count == 3, "head, delegate and chair of governors"


def test_every_column_that_names_a_school_is_carried_over_or_kept_for_a_reason() -> None:
    """A new table must say what becomes of its rows when a school gets a new URN."""
    named = {
        (table.name, constraint.column_keys[1])
        for table in Base.metadata.sorted_tables
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name == "school" and len(constraint.column_keys) == 2
    }
    carried = {(one.table, one.column) for one in CARRIED}
    assert named == carried | ELSEWHERE | KEPT.keys()
