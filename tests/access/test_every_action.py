"""Every action × every persona, without the page in front of it: only those who may act find the row."""

import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Role, anonymous
from alongside.platform.database.base import Base
from alongside.platform.database.session import Database
from tests.access.dataset import make_world
from tests.access.every_action import TODAY, actions, arguments, is_there_for
from tests.databases import DatabaseCopy, open_database
from tests.features.escalations.builders import acting
from tests.isolation.sample_rows import row_of
from tests.personas import (
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    CLERK,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    DIOCESE_OFFICER,
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MEMBER_OF_BOARD,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PERSONAS,
    QUAY,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
    Persona,
)

HEAD = {HEAD_OF_MILL}
HEADS = {one for one in PERSONAS if one.role is Role.HEADTEACHER}
SCHOOL = {HEAD_OF_MILL, DELEGATE_OF_MILL}
BOTH_HEADS = {HEAD_OF_MILL, HEAD_OF_FORD}
BOTH_SCHOOLS = SCHOOL | BOTH_HEADS
LEADERS = {LEAD_OF_NORTH, DEPUTY_OF_NORTH}
CORE = {OFFICER, HEAD_OF_SERVICE}
EVERYBODY = set(PERSONAS)
WATCHING = EVERYBODY - {ADMINISTRATOR, CHAIR_OF_MILL, DIOCESE_OFFICER, MEMBER_OF_BOARD, CLERK}
OTHERS = (TWIN_HEAD_OF_MILL, TWIN_OFFICER, HEAD_OF_SERVICE.twin, LEAD_OF_NORTH.twin, ADMINISTRATOR.twin)
"""People of another authority, with the same ids."""

EXPECTED: dict[str, set[Persona]] = {
    "agreements.signing.sign_agreement": BOTH_HEADS,
    "agreements.endings.end_early": BOTH_HEADS,
    "agreements.endings.send_held_message": CORE,
    "agreements.endings.challenge_match": BOTH_HEADS,
    "agreements.aims.write_aim": BOTH_SCHOOLS,
    "agreements.aims.change_aim": BOTH_SCHOOLS,
    "agreements.aims.remove_aim": BOTH_SCHOOLS,
    "agreements.amendments.propose_amendment": BOTH_HEADS,
    "agreements.amendments.agree_amendment": BOTH_HEADS,
    "agreements.amendments.refuse_amendment": BOTH_HEADS,
    "agreements.amendments.withdraw_amendment": BOTH_HEADS,
    "agreements.proposing.propose": SCHOOL | LEADERS | CORE,
    "agreements.acceptance.accept_proposal": BOTH_SCHOOLS,
    "agreements.acceptance.release_leader": {HEAD_OF_FORD},
    "agreements.answers.refuse_release": {HEAD_OF_FORD},
    "agreements.answers.refuse_proposal": BOTH_SCHOOLS,
    "agreements.answers.ask_more_time": BOTH_SCHOOLS,
    "agreements.answers.counter_propose": BOTH_SCHOOLS,
    "agreements.answers.withdraw_proposal": BOTH_SCHOOLS | LEADERS | CORE,
    "agreements.reviews.give_review": BOTH_SCHOOLS,
    "agreements.visits.log_visit": BOTH_SCHOOLS,
    "agreements.visits.plan_visit": BOTH_SCHOOLS,
    "agreements.visits.record_visit": BOTH_SCHOOLS,
    "agreements.visits.correct_visit": BOTH_SCHOOLS,
    "agreements.visits.cancel_visit": BOTH_SCHOOLS,
    "agreements.visits.void_visit": BOTH_SCHOOLS,
    "agreements.visit_answers.answer_record": BOTH_SCHOOLS,
    "agreements.visit_answers.accept_corrections": BOTH_SCHOOLS,
    "agreements.visit_answers.write_hopes": SCHOOL,
    "agreements.visit_answers.settle_record": LEADERS | CORE,
    "claims.make_claim": HEAD,
    "claims.withdraw_claim": HEAD,
    "claims.approve_claim": CORE,
    "claims.return_claim": CORE,
    "claims.pay_claim": CORE,
    "claims.credit_claim": CORE,
    "data_retention.lift_hold": {HEAD_OF_SERVICE, ADMINISTRATOR},
    "directory.draft_entry": SCHOOL,
    "directory.change_entry": SCHOOL,
    "directory.submit_entry": SCHOOL,
    "directory.withdraw_submission": SCHOOL,
    "directory.archive_entry": SCHOOL,
    "directory.restore_entry": SCHOOL,
    "directory.adoptions.adopt_entry": SCHOOL | {HEAD_OF_PARK},
    "directory.adoptions.end_use": SCHOOL | {HEAD_OF_PARK},
    "directory.attachments.add_picture": SCHOOL,
    "directory.attachments.add_attachment": SCHOOL,
    "directory.attachments.remove_attachment_row": SCHOOL,
    "directory.consents.consent_to_entry": HEAD,
    "directory.moderation.peer_check_entry": HEAD | {HEAD_OF_PARK} | LEADERS | CORE,
    "directory.moderation.verify_entry": LEADERS | CORE,
    "directory.moderation.return_entry": LEADERS | CORE,
    "directory.moderation.retire_entry": LEADERS | CORE,
    "directory.subscriptions.unsubscribe": HEAD,
    "directory.suggested_entries.draft_entry_from_agreement": BOTH_SCHOOLS,
    "escalations.access_log.name_reader": CORE,
    "escalations.access_log.end_reader": CORE,
    "escalations.files.add_file": LEADERS | CORE,
    "escalations.files.remove_file": LEADERS | CORE,
    "escalations.matching_requests.ask_matching": CORE,
    "escalations.officer_notes.write_note": CORE,
    "escalations.raising.raise_escalation": LEADERS,
    "escalations.raising.notify_school": LEADERS | CORE,
    "escalations.raising.send_held_message": CORE,
    "escalations.referral.answer_referral": CORE,
    "escalations.state_changes.acknowledge_escalation": CORE,
    "escalations.state_changes.decide_escalation": CORE,
    "escalations.state_changes.agree_plan": CORE,
    "escalations.state_changes.review_escalation": CORE,
    "escalations.state_changes.pause_deadline": CORE,
    "escalations.state_changes.resume_escalation": CORE,
    "escalations.state_changes.offer_return": CORE,
    "escalations.state_changes.accept_return": LEADERS,
    "escalations.state_changes.not_yet": LEADERS,
    "escalations.state_changes.change_level": CORE,
    "escalations.state_changes.close_escalation": CORE,
    "escalations.state_changes.withdraw_escalation": LEADERS,
    "escalations.state_changes.merge_escalation": CORE,
    "escalations.state_changes.reopen_escalation": LEADERS | CORE,
    "escalations.state_changes.assign_escalation": CORE,
    "escalations.statutory.record_statutory_step": CORE,
    "escalations.statutory.overrule_heads": {HEAD_OF_SERVICE},
    "escalations.tasks.agree_task": LEADERS | CORE,
    "escalations.tasks.change_task": LEADERS | CORE,
    "escalations.tasks.complete_task": LEADERS | CORE,
    "escalations.tasks.cancel_task": LEADERS | CORE,
    "escalations.tasks.reopen_task": LEADERS | CORE,
    "escalations.tasks.meet_criterion": CORE,
    "escalations.tasks.drop_criterion": CORE,
    "escalations.visits.record_visit": LEADERS | CORE,
    "escalations.visits.correct_visit": LEADERS | CORE,
    "matching.assignments.add_constraint": LEADERS | CORE,
    "matching.assignments.remove_constraint": LEADERS | CORE,
    "matching.assignments.offer_seen": SCHOOL | {HEAD_OF_PARK} | LEADERS | CORE,
    "matching.exclusions.exclude_school": HEADS,
    "matching.exclusions.lift_exclusion": HEAD,
    "interests.declare_interest": EVERYBODY,
    "interests.end_interest": HEAD,
    "matching.plans.ask_for_plan": LEADERS | CORE,
    "matching.plans.cancel_plan": LEADERS | CORE,
    "matching.plans.adopt_plan": LEADERS | CORE,
    "matching.plans.turn_plan_down": LEADERS | CORE,
    "matching.proposals.send_plan": LEADERS | CORE,
    "matching.replacement.take_option": LEADERS | CORE,
    "matching.suspensions.suspend_supplier": CORE,
    "matching.suspensions.end_suspension": CORE,
    "agreements.selection.remind_to_sign": LEADERS | CORE,
    "escalations.selection.remind_owner": CORE,
    "needs.draft_need": SCHOOL | LEADERS | CORE,
    "needs.send_need_to_head": SCHOOL | LEADERS | CORE,
    "needs.post_need": SCHOOL,
    "needs.editing.change_need": SCHOOL,
    "needs.closing.withdraw_need": SCHOOL,
    "needs.editing.pause_need": SCHOOL,
    "needs.editing.confirm_need": SCHOOL,
    "needs.closing.reopen_need": SCHOOL,
    "needs.widening.show_need_to_authority": SCHOOL,
    "needs.widening.limit_need_again": SCHOOL,
    "needs.widening.keep_need_limited": SCHOOL,
    "needs.widening.ask_to_show_need": LEADERS | CORE,
    "offers.post_offer": SCHOOL,
    "offers.change_offer": SCHOOL,
    "offers.extend_offer": SCHOOL,
    "offers.pause_offer": SCHOOL,
    "offers.confirm_offer": SCHOOL,
    "offers.withdraw_offer": SCHOOL,
    "offers.reopen_offer": SCHOOL,
    "people.account.switch_to_role": HEAD,
    "people.invitations.invitation_in_scope": HEAD,
    "people.invitations.renew_invitation": HEAD,
    "people.invitations.withdraw_invitation": HEAD,
    "messages.edit_message": HEAD,
    "messages.remove_message": SCHOOL,
    "schools.term_dates.set_term": HEAD | CORE,
    "schools.term_dates.drop_term": HEAD | CORE,
    "schools.term_dates.set_training_day": HEAD | CORE,
    "schools.term_dates.drop_training_day": HEAD | CORE,
    "visit_requests.answers.agree_visit": SCHOOL,
    "visit_requests.answers.postpone_visit": SCHOOL,
    "visit_requests.answers.suggest_school": SCHOOL,
    "visit_requests.answers.decline_visit": SCHOOL,
    "visit_requests.asking.choose_visit_date": SCHOOL,
    "visit_requests.asking.withdraw_visit_request": SCHOOL,
    "tries.try_entry": SCHOOL | {HEAD_OF_PARK},
    "tries.try_after_visit": BOTH_SCHOOLS,
    "tries.try_after_visiting": BOTH_SCHOOLS,
    "tries.answer_try": SCHOOL,
    "tries.withdraw_try": SCHOOL,
    "visit_requests.outcomes.confirm_visit": BOTH_SCHOOLS,
    "visit_requests.outcomes.cancel_agreed_visit": BOTH_SCHOOLS,
    "watched_schools.watch": WATCHING,
    "watched_schools.stop_watching": WATCHING,
}

UNCHECKED = {
    "agreements.signed_versions.keep_signed_version",
    "boards.end_substitute",
    "boards.name_chair",
    "categories.choose_panel",
    "categories.propose_category",
    "consortia.join_consortium",
    "consortia.leave_consortium",
    "consultations.move_last_days",
    "directory.keep_version",
    "escalations.caseload.arrange_cover",
    "escalations.caseload.end_cover",
    "escalations.reminders.arm",
    "escalations.reminders.arm_statutory",
    "escalations.reminders.cancel",
    "escalations.reminders.cancel_statutory",
    "escalations.reminders.schedule",
    "matching.assignments.request_replan",
    "matching.plans.queue_run",
    "matching.plans.supersede_current",
    "matching.plans.supersede_offered",
    "notices.remove_file",
    "offers.balance.balance_offer",
    "people.account.end_browser",
    "performance.importing.choose_year",
    "performance.importing.empty_upload",
    "school_successions.decide_carry_over",
    "school_successions.decide_to_end",
}
"""Steps of other actions, which have checked the person; and what is done for the whole authority, where the route's
permission is the check; ending a browser answers whether it was one's own; the file of a notice is sought within a notice
that was loaded for the person.
"""


@pytest.fixture(scope="module")
async def ready(module_database: DatabaseCopy) -> AsyncIterator[tuple[Database, dict[str, Any]]]:
    """One row of everything, and the arguments that every action gets."""
    world = await make_world(module_database.superuser_url)
    more = await more_rows(module_database, world.ids["own"])
    more["into"] = world.ids["same consortium"]["escalation_id"]
    database = open_database(module_database)
    yield database, world.ids["own"] | more
    await database.close()


async def more_rows(copy: DatabaseCopy, own: dict[str, Any]) -> dict[str, Any]:
    """Insert rows that have no address of their own, or belong to one person; return arguments by name."""
    owner = await asyncpg.connect(copy.superuser_url)
    mine = {"person_id": HEAD_OF_MILL.person_id, "school_urn": MILL, "ended_at": None, "lifted_at": None}
    mine |= dict.fromkeys(("made_by", "invited_by", "set_by"), HEAD_OF_MILL.person_id)
    parts = {"need_id": own["need_id"], "offer_id": own["offer_id"], "consortium_id": NORTH}
    invited = {"role": "delegate", "withdrawn_at": None, "used_at": None, "consortium_id": None}
    try:
        await owner.execute("SET session_replication_role = replica")
        await owner.execute(
            "UPDATE support_agreement SET state = 'closed', outcome = 'met' WHERE id = $1", own["preparing"]
        )
        await insert(owner, "school_term", mine | {"year": "words", "name": "words"})
        await insert(owner, "school_training_day", mine | {"day": TODAY})
        return {
            "hold_id": await insert(owner, "legal_hold", mine),
            "following_id": await insert(owner, "directory_subscription", mine),
            "interest_id": await insert(owner, "declared_interest", mine),
            "suspension_id": await insert(owner, "school_support_suspension", mine),
            "constraint_id": await insert(owner, "plan_constraint", mine | parts),
            "reader_id": await insert(
                owner, "escalation_reader", mine | {"escalation_id": own["escalation_id"]}
            ),
            "invitation_id": await insert(owner, "invitation", mine | invited),
            "role_assignment_id": HEAD_OF_MILL.role_assignment_id,
        }
    finally:
        await owner.close()


async def insert(owner: asyncpg.Connection, table: str, values: dict[str, Any]) -> Any:
    """Insert a row without its checks; values of columns that the table lacks are left out. Returns its id."""
    for (check,) in await owner.fetch(
        "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'", table
    ):
        await owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check}"')
    declared = Base.metadata.tables[table]
    row = row_of(declared, NORTHSHIRE)
    row |= {name: value for name, value in values.items() if name in declared.columns}
    names = ", ".join(f'"{one}"' for one in row)
    marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await owner.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())
    return row.get("id")


def special(name: str, ids: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an action that name other rows than its own, or that it checks before the row."""
    invited = {"permission": Permission.INVITE_DELEGATE}
    if name.startswith("visit_requests.answers."):
        return {"visit_request_id": ids["visit_request_to_answer"], "suggested": QUAY}
    return {
        "claims.make_claim": {"agreement_id": ids["agreement_to_claim"]},
        "directory.suggested_entries.draft_entry_from_agreement": {"agreement_id": ids["preparing"]},
        "escalations.visits.correct_visit": {"visit_id": ids["escalation_visit_id"]},
        "matching.assignments.add_constraint": {"constraint": (ids["need_id"], ids["offer_id"], "forbid")},
        "matching.exclusions.exclude_school": {"other_urn": QUAY},
        "interests.declare_interest": {"other_urn": QUAY},
        "matching.plans.ask_for_plan": {"consortium_id": NORTH},
        "needs.closing.withdraw_need": {"reason": "other", "words": "Solved"},
        "people.invitations.invitation_in_scope": invited,
        "people.invitations.renew_invitation": invited,
        "people.invitations.withdraw_invitation": invited,
    }.get(name, {})


async def nothing(*_: Any) -> None:
    """Leave the requester of the transaction as it is."""


@pytest.fixture
def as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no action name the requester to PostgreSQL."""
    for name, module in list(sys.modules.items()):
        if name.startswith("alongside.") and hasattr(module, "identify_requester"):
            monkeypatch.setattr(module, "identify_requester", nothing)


@pytest.mark.usefixtures("as_asked")
@pytest.mark.parametrize("name", EXPECTED)
async def test_only_those_who_may_act_find_the_row(ready: tuple[Database, dict[str, Any]], name: str) -> None:
    """For everybody else, and for people of another authority, it is as if the row were not there."""
    database, ids = ready
    action = actions()[name]
    given = arguments(action, ids, special(name, ids))
    others = OTHERS if any(one.endswith("_id") for one in given) else ()
    found = [one for one in (*PERSONAS, *others) if await is_there_for(database, action, acting(one), given)]
    assert names(found) == names(EXPECTED[name])
    assert not await is_there_for(database, action, anonymous(NORTHSHIRE, TODAY), given)


@pytest.mark.usefixtures("as_asked")
@pytest.mark.parametrize("name", EXPECTED)
async def test_what_was_never_there_is_not_found(ready: tuple[Database, dict[str, Any]], name: str) -> None:
    """Those who may act on the row find no other one under an id that was never given."""
    database, ids = ready
    action = actions()[name]
    given = arguments(action, ids, special(name, ids))
    given |= {one: uuid4() for one in given if one.endswith("_id")}
    given |= {one: 123456 for one in given if one.endswith("urn")}
    found = {one for one in EXPECTED[name] if await is_there_for(database, action, acting(one), given)}
    assert names(found) == []


def names(people: Iterable[Persona]) -> list[str]:
    """The names of people, with their authority."""
    return sorted(f"{one.name} {one.authority_id}" for one in people)


def test_every_action_is_listed() -> None:
    """An action that names a row is in the table, with those who may act."""
    assert set(actions()) == EXPECTED.keys() | UNCHECKED
