"""Every setting has a tested effect or is listed as having none yet."""

import ast
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alongside.features.agreements.proposals.deadlines import days_to_answer
from alongside.features.authorities.later import LATER
from alongside.features.authorities.phases import consortium_phases
from alongside.features.authorities.sending_hours import hours_now
from alongside.features.authorities.setting_types import (
    Band,
    Designation,
    Entry,
    EscalationReason,
    EscalationUrgency,
    Fund,
    KeyStage,
    Theme,
    Urgency,
)
from alongside.features.authorities.settings import AuthoritySettings, Contact
from alongside.features.authorities.settings_cache import calendar_from, register_settings
from alongside.features.authorities.visibility import visible_to_authority_from
from alongside.features.escalations.deadlines import STAGES, days_for, ladder
from alongside.features.matching.problem_input import builder
from alongside.features.matching.problem_input.builder import parameters_of
from alongside.features.needs.closing.reopening import end_of_nth_term_after
from alongside.features.offers.confirmation import fresh_since
from alongside.platform.school_calendar.calendar import counts, end_of_school_day, financial_year
from alongside.worker.schedule import declared_schedule
from tests.client import Client
from tests.databases import make_known
from tests.features.agreements.builders import acting
from tests.features.authorities.tenant_file_text import northshire
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, MILL, OFFICER, Persona

ROOT = Path(__file__).parents[3]
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def with_setting(path: str, value: Any) -> AuthoritySettings:
    """Northshire's settings with one of them changed."""
    section, _, name = path.partition(".")
    settings = northshire()
    if not name:
        return msgspec.structs.replace(settings, **{section: value})
    changed = msgspec.structs.replace(getattr(settings, section), **{name: value})
    return msgspec.structs.replace(settings, **{section: changed})


def calendar(settings: AuthoritySettings) -> Any:
    """The school days of two years, and when a school day ends."""
    made = calendar_from(settings)
    days = [MONDAY + timedelta(days=n) for n in range(-700, 400)]
    return [counts(made, day) for day in days], end_of_school_day(made, MONDAY)


def reminders(settings: AuthoritySettings) -> Any:
    """When who is reminded of a deadline."""
    return ladder(calendar_from(settings), settings.escalation_reminders, NOON, settings.mail.window_opens)


def emails(settings: AuthoritySettings) -> Any:
    """Which emails may be sent in each half hour of a school day and of a Sunday, and when the digest is written."""
    register_settings(settings, 1)
    moments = [
        NOON - timedelta(hours=12, days=day) + timedelta(minutes=30 * n) for day in (0, 1) for n in range(48)
    ]
    schedule = declared_schedule()
    return [
        (hours_now(settings, one), [job.name for job in schedule.due(settings.dfe_code, one)])
        for one in moments
    ]


def phases(settings: AuthoritySettings) -> Any:
    """In which phases each kind of school may be in a consortium."""
    kinds = [(phase, "mainstream") for phase in msgspec.structs.asdict(settings.phases)]
    kinds += [("primary", "special"), ("primary", "pupil_referral_unit")]
    return [
        consortium_phases(settings, phase, kind)
        for phase, kind in kinds
        if phase not in ("special", "pupil_referral_unit")
    ]


def matching(settings: AuthoritySettings) -> Any:
    """The inputs of the matching engine."""
    return parameters_of(settings)


def freshness(settings: AuthoritySettings) -> Any:
    """The earliest day of confirmation with which an offer is still valid."""
    return fresh_since(calendar_from(settings), settings, MONDAY)


def widening(settings: AuthoritySettings) -> Any:
    """From when the whole authority sees a post without an urgency."""
    return visible_to_authority_from("widening", MONDAY, settings, calendar_from(settings))


def answering(settings: AuthoritySettings) -> Any:
    """How many days there are to answer a proposal for a need without an urgency."""
    register_settings(settings, 1)
    return days_to_answer(acting(LEAD_OF_NORTH), None)


def money(settings: AuthoritySettings) -> Any:
    """Which fund pays for support in which phase."""
    year = financial_year(MONDAY)
    fund = Fund(label="F", source="grant", purpose="intervention", phase="all", pence=1, financial_year=year)
    return builder._pools(msgspec.structs.replace(settings, funds={"fund": fund}), MONDAY)


def urgency(settings: AuthoritySettings) -> Any:
    """How long each stage of an escalation may take."""
    return [days_for(settings, "soon", database_server) for database_server in STAGES]


def reopening(settings: AuthoritySettings) -> Any:
    """Until when a need that was closed today may be reopened."""
    return end_of_nth_term_after(calendar_from(settings), MONDAY, settings.periods.reopen_within_terms)


PROBED: dict[str, tuple[Callable[[AuthoritySettings], Any], Any]] = {
    "periods.pause_in_holidays": (calendar, False),
    "periods.school_day_ends": (calendar, time(15)),
    "bank_holidays.added": (calendar, (MONDAY,)),
    "bank_holidays.removed": (calendar, (date(2026, 12, 25), date(2026, 5, 4))),
    "inset_days": (calendar, (MONDAY,)),
    "terms": (calendar, ()),
    "periods.widen_after": (widening, 9),
    "periods.respond_by": (answering, 9),
    "matching.mind_money": (money, False),
    "escalation_urgencies": (
        urgency,
        {"soon": EscalationUrgency(label="Soon", acknowledge=7, decide=7, plan=7, review=7, order=1)},
    ),
    "periods.offer_good_for": (freshness, 9),
    "periods.reopen_within_terms": (reopening, 2),
    "escalation_reminders.owner_before": (reminders, 4),
    "escalation_reminders.core_team_after": (reminders, 4),
    "escalation_reminders.head_of_service_after": (reminders, 7),
    "escalation_reminders.director_after": (reminders, 9),
    "mail.window_opens": (emails, time(10)),
    "mail.window_closes": (emails, time(12)),
    "mail.school_days_only": (emails, False),
    "mail.quiet_from": (emails, time(16)),
    "mail.quiet_until": (emails, time(9)),
    "mail.digest_hour": (emails, 11),
    **{
        f"phases.{one}": (phases, () if value else ("secondary",))
        for one, value in msgspec.structs.asdict(northshire().phases).items()
    },
    **{
        f"matching.{one}": (matching, value)
        for one, value in {
            "weight_expertise": 1,
            "weight_track_record": 1,
            "weight_travel": 1,
            "weight_context": 1,
            "weight_locality": 1,
            "weight_burden": 1,
            "score_at_least": 1,
            "travel_miles": 1,
            "days_if_not_sure": 1,
            "full_burden_days": 1,
            "short_of_support": 1,
            "stickiness": 1,
            "better_by": 1,
            "declines_ask_for_person": 1,
            "seconds": 1,
        }.items()
    },
}
"""The effect of a setting, calculated with its default and another value; the two must differ."""

WORD = "Unheard of"
NEW_NEED, NEW_ESCALATION = "/needs/new", f"/escalations/new?school={MILL}"
SHOWN: dict[str, tuple[Any, str, str, Persona]] = {
    "name": (WORD, WORD, "/privacy", OFFICER),
    "brand.colour": ("#123456", "#123456", "/brand.css", OFFICER),
    "governance.board": (WORD, WORD, "/escalations/reports", OFFICER),
    "words.consortium": (WORD, WORD, "/escalations/reports", OFFICER),
    "words.consortia": (WORD, WORD, "/escalations", OFFICER),
    "words.core_team": (WORD, WORD, NEW_ESCALATION, LEAD_OF_NORTH),
    "words.category": (WORD, WORD, "/consortium", OFFICER),
    "categories": (
        {"c": Band(label=WORD, order=1, support_days=1, challenge_visits=1)},
        WORD,
        "/categories/new",
        OFFICER,
    ),
    "retention.audit_log": (4321, "4,321", "/privacy", OFFICER),
    "themes": ({"t": Theme(label=WORD, area="A")}, WORD, NEW_NEED, HEAD_OF_MILL),
    "key_stages": ({"k": KeyStage(label=WORD, phases=("primary",))}, WORD, NEW_NEED, HEAD_OF_MILL),
    "forms_of_support": ({"f": Entry(label=WORD)}, WORD, NEW_NEED, HEAD_OF_MILL),
    "urgencies": (
        {"u": Urgency(label=WORD, respond_by=1, widen_after=1, order=1)},
        WORD,
        NEW_NEED,
        HEAD_OF_MILL,
    ),
    "escalation_reasons": ({"c": EscalationReason(label=WORD)}, WORD, NEW_ESCALATION, LEAD_OF_NORTH),
    "designations": (
        {"d": Designation(label=WORD, short="U", scheme="local", home_head_releases=False)},
        WORD,
        "/offers/new",
        HEAD_OF_MILL,
    ),
    "contacts": ({"c": Contact(role=WORD, mailbox="a@b.example", about="")}, WORD, "/privacy", OFFICER),
}
"""A value of its own for what people read, what then stands on a page, which page, and who reads it."""

AGREEMENT = "tests/features/agreements/test_deadlines_of_an_agreement.py"
TRACKER = "tests/features/dashboards/test_entitled_support.py"
CATEGORIES = "tests/features/categories/test_a_year.py"
RECORDS = (
    "tests/features/data_retention/test_let_go_of_records.py::test_what_the_look_ahead_counts_is_what_goes"
)
SUPPORT = "tests/features/data_retention/test_let_go_of_ended_support.py"
REMINDERS = "tests/features/escalations/test_reminders.py"
SUGGESTED = (
    "tests/features/escalations/test_raise_an_escalation.py"
    "::test_two_red_reviews_a_late_visit_and_an_unmet_urgent_need_are_suggested_and_not_raised"
)
ENTRIES = "tests/features/directory/test_time_and_entries.py"
ELSEWHERE: dict[str, str] = {
    "slug": "tests/features/authorities/test_check_settings.py::test_a_file_is_named_for_its_slug",
    "dfe_code": "tests/features/authorities/test_check_settings.py::test_two_authorities_share_neither_code_nor_host",
    "gss_code": "tests/features/authorities/test_check_settings.py::test_two_authorities_share_neither_code_nor_host",
    "hosts": "tests/features/authorities/test_check_settings.py::test_two_authorities_share_neither_code_nor_host",
    "brand.short_name": "tests/features/people/sign_in/test_invitations.py"
    "::test_the_email_carries_the_link_and_the_database_only_its_hash",
    "sign_in": "tests/features/people/sign_in/test_who_comes_in.py::test_the_address_of_a_head_is_no_key_to_their_account",
    "words.consortium_lead": "tests/features/directory/test_check_and_verify.py"
    "::test_the_whole_way_from_draft_to_the_directory",
    "words.head_of_service": f"{REMINDERS}"
    "::test_each_step_tells_whose_turn_it_is_and_names_neither_school_nor_reason",
    "escalation_reminders.director_mailbox": f"{REMINDERS}"
    "::test_each_step_tells_whose_turn_it_is_and_names_neither_school_nor_reason",
    "escalation_reminders.flag_late_after": "tests/features/escalations/test_learn_from_escalations.py"
    "::test_the_page_tells_how_many_why_how_long_and_what_came_of_it",
    "escalation_suggestions.red_reviews": SUGGESTED,
    "escalation_suggestions.action_late": SUGGESTED,
    "periods.more_time": "tests/features/agreements/test_propose_offer.py::test_the_page_says_whose_turn_it_is",
    "periods.challenge_window": f"{AGREEMENT}::test_either_school_challenges_a_match_within_the_window",
    "periods.agreement_due": f"{AGREEMENT}::test_an_agreement_is_to_be_signed_in_time",
    "periods.review_due": f"{AGREEMENT}::test_a_review_is_due_some_days_after_the_end",
    "periods.visit_record_due": f"{AGREEMENT}::test_the_record_of_a_visit_is_due_as_the_authority_says",
    "entitlement.challenge_visits": f"{TRACKER}::test_the_tracker_compares_what_is_agreed_with_what_the_category_gives",
    "categorisation.used": f"{CATEGORIES}::test_an_authority_can_do_without_categories",
    "categorisation.invitation_due": f"{CATEGORIES}::test_two_invitations_without_an_answer_are_enough",
    "categorisation.appeal_within": f"{CATEGORIES}"
    "::test_a_category_from_the_proposal_to_a_changed_one_after_an_appeal",
    "categorisation.narrative": f"{CATEGORIES}"
    "::test_special_schools_have_a_narrative_and_academies_an_advisory_category",
    "periods.consultation_due": "tests/features/consultations/test_ask_and_answer.py"
    "::test_the_form_offers_the_period_of_the_settings",
    "periods.ask_about_try_after": "tests/features/tries/test_say_and_answer.py"
    "::test_the_authority_sets_when_a_school_is_asked",
    "periods.visit_answer_due": "tests/features/agreements/test_answer_the_record.py"
    "::test_the_authority_sets_how_long_the_other_school_has",
    "periods.visit_request_due": "tests/features/visit_requests/test_answer_in_time.py"
    "::test_the_authority_sets_how_long_a_school_has",
    "periods.unmet_after": "tests/features/agreements/test_unmet_needs.py"
    "::test_nobody_found_in_time_is_unmet_once_and_an_escalation_is_suggested",
    "matching.interest_may_be_set_aside": "tests/features/agreements/test_hard_rules.py"
    "::test_a_declared_interest_can_be_set_aside_with_a_reason_that_both_schools_read",
    "periods.remind_before": f"{AGREEMENT}::test_who_has_not_answered_is_reminded_before_the_day",
    "periods.need_good_for": "tests/features/needs/test_time_and_needs.py"
    "::test_an_unconfirmed_need_is_asked_about_then_paused_and_each_is_said_once",
    "periods.quiet_after": "tests/features/dashboards/test_count_by_the_day_of_the_visit.py"
    "::test_the_authority_says_after_how_long_a_school_is_quiet",
    "periods.invitation_good_for_days": "tests/features/people/sign_in/test_invitations.py"
    "::test_an_invitation_that_is_over_lets_nobody_in",
    "mail.reply_to": "tests/platform/notifications/test_send_emails.py"
    "::test_an_email_carries_a_link_and_says_who_sends_it_and_how_to_have_less",
    "matching.pence_per_day": "tests/features/escalations/test_the_money_of_an_escalation.py"
    "::test_a_plan_may_spend_what_escalations_left",
    "funds": "tests/features/escalations/test_the_money_of_an_escalation.py"
    "::test_five_million_from_a_fund_of_six_hundred_thousand_is_refused",
    "directory.widest": "tests/features/directory/test_what_is_public.py"
    "::test_an_authority_that_shows_nothing_to_the_public_is_obeyed",
    "directory.review_good_for_days": f"{ENTRIES}"
    "::test_a_verified_entry_is_asked_about_falls_due_and_stays_in_the_directory",
    "directory.remind_before_days": f"{ENTRIES}"
    "::test_a_verified_entry_is_asked_about_falls_due_and_stays_in_the_directory",
    "directory.work_in_progress_days": f"{ENTRIES}"
    "::test_work_in_progress_is_finished_within_its_time_or_archived",
    "retention.sessions": RECORDS,
    "retention.mail": RECORDS,
    "retention.imports": RECORDS,
    "retention.escalations": RECORDS,
    "retention.claims": "tests/features/claims/test_claim_delivered_days.py"
    "::test_a_claim_is_deleted_seven_years_after_its_end",
    "retention.consultations": "tests/features/consultations/test_ask_and_answer.py"
    "::test_a_consultation_is_deleted_with_its_answers_years_after_the_decision",
    "retention.motions": "tests/features/motions/test_pages.py"
    "::test_a_motion_is_deleted_with_its_votes_ten_years_after_it_ended",
    "retention.notices": "tests/features/notices/test_send_and_read.py"
    "::test_a_notice_is_deleted_with_its_parts_some_time_after_its_last_day",
    "retention.posts": f"{SUPPORT}::test_a_post_without_an_agreement_goes_after_four_years",
    "retention.agreements": f"{SUPPORT}::test_ended_support_goes_when_its_time_is_over",
    "retention.people_who_left": f"{SUPPORT}::test_the_name_of_who_left_goes_and_what_they_did_stays",
    "bodies": "tests/features/boards/test_constitute_and_fill.py"
    "::test_a_body_is_constituted_its_seats_are_filled_and_shown",
    "consortia": "tests/features/consortia/test_declare_consortia.py::test_a_consortium_begins_and_another_is_renamed",
    "decline_reasons": "tests/features/dashboards/test_count_by_the_day_of_the_visit.py::test_only_its_school_confirms_a_need",
    "ending_reasons": "tests/features/dashboards/test_count_by_the_day_of_the_visit.py::test_an_early_end_confirms_no_need",
    "withdrawal_reasons": "tests/features/needs/test_change_a_need.py"
    "::test_it_is_withdrawn_with_a_reason_and_reopened_with_another",
    "school_labels": "tests/features/profiles/test_school_labels.py"
    "::test_an_inspection_proposes_a_label_that_a_person_confirms_or_rejects",
    "measures": "tests/features/performance/test_who_reads_figures.py"
    "::test_the_catalogue_says_when_a_measure_pauses_ends_or_breaks",
    "jargon": "tests/features/directory/test_search.py::test_an_entry_is_found_by_what_a_head_types",
}
"""Settings whose effect has a test of its own, by the name of that test."""


def every_setting() -> set[str]:
    """The path of every setting: of a list of entries the list, else the value itself."""
    paths = set()
    for section in msgspec.structs.fields(AuthoritySettings):
        inside = section.type
        if isinstance(inside, type) and issubclass(inside, msgspec.Struct):
            paths |= {f"{section.name}.{one.name}" for one in msgspec.structs.fields(inside)}
        else:
            paths.add(section.name)
    return paths


@lru_cache(maxsize=1)
def read_names() -> frozenset[str]:
    """Every attribute that product code or a template reads, outside the declarations of settings."""
    names: set[str] = set()
    source = ROOT / "src" / "alongside"
    modules = ("settings", "setting_types", "matching_settings", "body_settings", "validation")
    declared = {source / "features" / "authorities" / f"{one}.py" for one in modules}
    for path in set(source.rglob("*.py")) - declared:
        names |= {one.attr for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Attribute)}
    for path in (ROOT / "templates").rglob("*.html"):
        names |= set(re.findall(r"\.(\w+)", path.read_text()))
    return frozenset(names)


def test_every_setting_is_read_and_its_effect_is_tested_or_it_is_listed_as_to_come() -> None:
    """A new setting is in none of the four and fails here; one that comes into use leaves the list of later ones."""
    known = [*PROBED, *SHOWN, *ELSEWHERE, *LATER]
    assert sorted(known) == sorted(every_setting())
    by_name = {path for path in every_setting() if path.startswith(("phases.", "retention."))}
    unread = {
        path for path in every_setting() - by_name - set(LATER) if path.split(".")[-1] not in read_names()
    }
    assert unread == set()


def test_the_file_of_defaults_has_no_other_settings() -> None:
    read = tomllib.loads((ROOT / "tenants" / "_defaults.toml").read_text(encoding="utf-8"))
    named = {path.split(".")[0] for path in every_setting()}
    assert set(read) <= named


@pytest.mark.parametrize("node", sorted(set(ELSEWHERE.values())))
def test_the_test_that_is_named_is_there(node: str) -> None:
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name.startswith("test_")
    assert name in {getattr(one, "name", "") for one in ast.walk(tree)}


@pytest.mark.parametrize("path", sorted(PROBED))
def test_another_value_changes_what_follows_from_it(path: str) -> None:
    follows, value = PROBED[path]
    try:
        assert follows(with_setting(path, value)) != follows(northshire())
    finally:
        make_known("northshire")


@pytest.mark.parametrize("path", sorted(SHOWN))
async def test_another_value_is_what_people_read(client: Client, path: str) -> None:
    value, words, where, one = SHOWN[path]
    try:
        assert words not in (await client.get(where, as_=one)).text
        register_settings(with_setting(path, value), 1)
        assert words in (await client.get(where, as_=one)).text
    finally:
        make_known("northshire")
