"""Pages of motions: those of a body, one motion with its electorate, votes and result, and the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from alongside.features.authorities.body_settings import BodySettings
from alongside.features.boards.members import body_settings, members_on
from alongside.features.boards.queries import BodyRecord, get_body, seats_of
from alongside.features.motions import queries
from alongside.features.motions.effects import ShownEffect, effects_of
from alongside.features.motions.electorate import Question, electors_of
from alongside.features.motions.kinds import KINDS
from alongside.features.motions.managing import AFTER_THE_RESULT
from alongside.features.motions.models import GROUNDS, HOW, MAJORITIES, SOURCES
from alongside.features.motions.queries import GROUPS, get_motion
from alongside.features.motions.rows import (
    InterestRow,
    MotionRow,
    OverrulingRow,
    ReferralRow,
    seat_label,
)
from alongside.features.motions.tabling import BEFORE_THE_RESULT, TABLE
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, buttons_for, routes_of
from alongside.platform.web.formatting import format_count, format_datetime, format_iso_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

VIEW = Permission.VIEW_MOTION


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat as the page of a motion shows it: whether it may vote and why, and what it voted."""

    label: str
    name: str
    may_vote: bool
    reason: str
    vote: str


@dataclass(frozen=True, kw_only=True)
class MotionList(PageContext):
    """One page of the motions of a body."""

    template: ClassVar[str] = "motions/list.html"

    body: BodyRecord
    motions: Sequence[MotionRow]
    shown: str
    groups: Mapping[str, str]
    more: bool
    number: int
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class MotionPage(PageContext):
    """One motion: text, interests, electorate with reasons, votes, result, and what followed.

    Before the motion opens, `seats` shows who could vote if all were present.
    """

    template: ClassVar[str] = "motions/show.html"

    motion: MotionRow
    facts: Sequence[tuple[str, str]]
    seats: Sequence[SeatLine]
    effects: Sequence[ShownEffect]
    interests: Sequence[InterestRow]
    overruling: OverrulingRow | None
    referral: ReferralRow | None
    buttons: Sequence[ActionButton]
    GROUNDS: Mapping[str, str]
    SOURCES: Mapping[str, str]


@endpoint.get("/boards/{body_key:str}/motions", permission=VIEW)
async def list_motions(ctx: PageRequest, body_key: str) -> PageResult:
    """List the motions of a body."""
    body = await get_body(ctx.session, ctx.person, VIEW, body_key)
    asked = ctx.query.one("show")
    shown = asked if asked in GROUPS else "current"
    number = number_of_page(ctx.query.one("page"))
    found: Sequence[MotionRow] = ()
    more = False
    if body.stored is not None:
        found, more = await queries.motions_of_body(ctx.session, ctx.person, body.id, shown, number)
    context = MotionList(
        body=body,
        motions=found,
        shown=shown,
        groups={name: label for name, (label, _) in GROUPS.items()},
        more=more,
        number=number,
        buttons=buttons_for(ctx.person, body, (TABLE,)),
    )
    return Page(context)


@endpoint.get("/motions/{motion_id:uuid}", permission=VIEW)
async def show_motion(ctx: PageRequest, motion_id: UUID) -> PageResult:
    """Show a motion, who votes and why, and its result."""
    row = await get_motion(ctx.session, ctx.person, VIEW, motion_id)
    rules = body_settings(ctx.person.authority_id, row.body_key)
    schools = await queries.schools_of(ctx.session, row) if row.schools else []
    context = MotionPage(
        motion=row,
        facts=facts_of(row, rules, schools),
        seats=await _seats(ctx, row, rules),
        effects=await effects_of(ctx.session, ctx.person, row),
        interests=await queries.shown_interests(ctx.session, row),
        overruling=await queries.overruling_of(ctx.session, row) if row.overruled else None,
        referral=await queries.referral_of(ctx.session, row) if row.referable else None,
        buttons=buttons_for(ctx.person, row, (*BEFORE_THE_RESULT, *AFTER_THE_RESULT)),
        GROUNDS=GROUNDS,
        SOURCES=SOURCES,
    )
    return Page(context)


async def _seats(ctx: PageRequest, row: MotionRow, rules: BodySettings) -> list[SeatLine]:
    """Return the frozen electorate, or before the motion opens who could vote. Votes are shown once it is closed."""
    if row.opened_at is not None:
        shows = row.closed_at is not None or row.how == "meeting"
        return [
            SeatLine(
                one.label(rules), one.name or "Vacant", one.may_vote, one.reason, one.vote if shows else ""
            )
            for one in await queries.electors_of_motion(ctx.session, row)
        ]
    names = {
        one.id: (seat_label(rules, one.constituency, one.number), one.holder)
        for one in await seats_of(ctx.session, ctx.person, row.body_id)
    }
    interests = await queries.interests_in(ctx.session, row.authority_id, row.id)
    members = await members_on(ctx.session, row.body_id, ctx.person.today)
    question = Question(row.kind, row.remit, row.phase, rules)
    return [
        SeatLine(*names[one.seat_id], one.may_vote, one.reason, "")
        for one in electors_of(question, members, interests, None)
        if one.seat_id in names
    ]


def facts_of(row: MotionRow, rules: BodySettings, schools: Sequence[str]) -> list[tuple[str, str]]:
    """Return what is known about a motion beside its text, in words."""
    remit = rules.remits.get(row.remit)
    kind = KINDS[row.kind]
    facts = [("Subject", remit.label if remit else row.remit)]
    if row.kind != "general":
        facts.append(("Kind", f"{kind.label}. {kind.source}" if kind.source else kind.label))
    if row.phase:
        facts.append(("De-delegation", f"{row.line}, {row.phase} schools, {row.financial_year}"))
    if schools:
        facts.append(("Schools that it concerns", ", ".join(schools)))
    facts += [
        ("Tabled", f"{format_datetime(row.tabled_at)} by {row.tabled_by}"),
        ("Vote", HOW[row.how]),
        ("Carried by", MAJORITIES[row.majority]),
    ]
    if row.quorum_needed is not None:
        needed = format_count(row.quorum_needed, "seat")
        facts.append(("Quorum", f"{needed} must {'be present' if row.how == 'meeting' else 'vote'}"))
    if row.result_reason:
        facts.append(("Reasons", row.result_reason))
        facts.append(("Conditions", row.conditions or "None"))
        facts.append(("Owner", row.owner or "Nobody"))
    return facts


@endpoint.get("/boards/{body_key:str}/motions.csv", permission=VIEW)
async def download_motions(ctx: PageRequest, body_key: str) -> PageResult:
    """Download the motions of a body as CSV, with their results."""
    body = await get_body(ctx.session, ctx.person, VIEW, body_key)
    heads = (
        *(
            "Reference",
            "Title",
            "Subject",
            "State",
            "Vote",
            "Tabled",
            "Closed",
            "For",
            "Against",
            "Abstained",
        ),
        *("Quorum", "Overruled", "Review"),
    )
    rows: list[Sequence[object]] = []
    for group in GROUPS:
        found, _ = await queries.motions_of_body(ctx.session, ctx.person, body.id, group, size=queries.ALL)
        rows += [_line(one, body.settings) for one in found]
    return Download(as_csv(heads, rows), f"motions-{body_key}.csv", CSV)


def _line(row: MotionRow, rules: BodySettings) -> Sequence[object]:
    remit = rules.remits.get(row.remit)
    return (
        *(row.reference, row.title, remit.label if remit else row.remit, row.label, HOW[row.how]),
        *(format_iso_date(row.tabled_at), format_iso_date(row.closed_at)),
        *(row.votes_for, row.votes_against, row.abstained, row.quorum_needed),
        *("yes" if row.overruled else "no", row.review_on),
    )


routes = [
    list_motions,
    show_motion,
    download_motions,
    *routes_of((TABLE, *BEFORE_THE_RESULT, *AFTER_THE_RESULT)),
]
